#include "tests/support/postgresql_cluster.h"

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace cmpkit::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

/// The folder with initdb and postgres, of the newest version; empty where there is none.
fs::path find_programs() {
  fs::path out;
  int newest = 0;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", none)) {
    const int version = std::atoi(entry.path().filename().c_str());
    if (version > newest && ::access((entry.path() / "bin/initdb").c_str(), X_OK) == 0) {
      newest = version;
      out = entry.path() / "bin";
    }
  }
  return out;
}

const fs::path& programs() {
  static const fs::path found = find_programs();
  return found;
}

/// PostgreSQL refuses to run as root: then it runs as the user that its package has made.
const passwd* owner() {
  static const passwd* const found = ::geteuid() == 0 ? ::getpwnam("postgres") : ::getpwuid(::geteuid());
  return found;
}

std::optional<std::string> find_what_is_missing() {
  if (programs().empty()) return "PostgreSQL is not installed (apt-get install postgresql)";
  if (owner() == nullptr) return "there is no user `postgres` to run PostgreSQL as";
  return std::nullopt;
}

/// In the child: the owner's rights. To change them takes back that the child dies with us.
bool become_owner() {
  if (::geteuid() != 0) return true;
  return ::setgid(owner()->pw_gid) == 0 && ::initgroups(owner()->pw_name, owner()->pw_gid) == 0 &&
         ::setuid(owner()->pw_uid) == 0 && ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0;
}

void give_to_owner(const fs::path& path) {
  if (::lchown(path.c_str(), owner()->pw_uid, owner()->pw_gid) != 0) {
    throw std::system_error(errno, std::generic_category(), path.string());
  }
}

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
  void operator()(PGresult* result) const { PQclear(result); }
};

}  // namespace

const std::optional<std::string>& PostgresqlCluster::missing() {
  static const std::optional<std::string> found = find_what_is_missing();
  return found;
}

PostgresqlCluster& PostgresqlCluster::shared() {
  static PostgresqlCluster cluster;
  return cluster;
}

PostgresqlCluster::PostgresqlCluster() {
  give_to_owner(folder_.path());
  make();
  start();
}

PostgresqlCluster::~PostgresqlCluster() { stop_immediately(); }

/// initdb takes seconds, so what it made the first time is kept and copied.
void PostgresqlCluster::make() {
  const fs::path kept = fs::path(CMPKIT_POSTGRESQL_CACHE) / programs().parent_path().filename();
  if (!fs::exists(kept)) {
    std::ofstream(folder_ / "password") << password;
    give_to_owner(folder_ / "password");
    const Finished made =
        run({programs() / "initdb", "--pgdata", folder_ / "data", "--username", user, "--pwfile", folder_ / "password",
             "--auth", "scram-sha-256", "--no-sync", "--encoding", "UTF8", "--locale", "C", "--wal-segsize", "1"},
            as_owner());
    if (made.status != 0) throw std::runtime_error("initdb: " + made.out + made.err);
    const fs::path part = kept.string() + "." + std::to_string(::getpid());
    fs::create_directories(kept.parent_path());
    fs::copy(folder_ / "data", part, fs::copy_options::recursive);
    std::error_code another_was_faster;
    fs::rename(part, kept, another_was_faster);
    if (another_was_faster) fs::remove_all(part);
    return;
  }
  fs::copy(kept, folder_ / "data", fs::copy_options::recursive);
  give_to_owner(folder_ / "data");
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "data")) give_to_owner(entry.path());
}

void PostgresqlCluster::start() {
  const std::string log = folder_ / "log";
  ProcessOptions options = as_owner();
  options.prepare = [log] {
    if (!become_owner()) return false;
    const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    return file >= 0 && ::dup2(file, STDOUT_FILENO) >= 0 && ::dup2(file, STDERR_FILENO) >= 0;
  };
  server_ = std::make_unique<Process>(
      Arguments{programs() / "postgres", "-D", folder_ / "data", "-c", "listen_addresses=127.0.0.1", "-c",
                "port=" + std::to_string(port_.number()), "-c", "unix_socket_directories=" + folder_.path(),
                // Recovery begins with everything on the disk: in one go, not by an fsync for each of a thousand files.
                "-c", "recovery_init_sync_method=syncfs"},
      options);
  const auto limit = steady_clock::now() + std::chrono::seconds{60};
  while (!answers()) {
    if (steady_clock::now() > limit) throw std::runtime_error("PostgreSQL does not start: " + end_of_log());
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
}

void PostgresqlCluster::stop_immediately() {
  if (server_ == nullptr) return;
  ::kill(server_->id(), SIGQUIT);
  server_->wait();
  server_.reset();
}

bool PostgresqlCluster::answers() const { return PQping(uri("postgres").c_str()) == PQPING_OK; }

std::string PostgresqlCluster::uri(const std::string& database) const {
  return std::string("postgresql://") + user + ":" + password + "@127.0.0.1:" + std::to_string(port_.number()) + "/" +
         database;
}

std::string PostgresqlCluster::new_database() {
  const std::string name = "test" + std::to_string(++databases_);
  command(uri("postgres"), "CREATE DATABASE " + name);
  return uri(name);
}

void PostgresqlCluster::command(const std::string& database_uri, const std::string& sql) const {
  const std::unique_ptr<PGconn, Finish> connection{PQconnectdb(database_uri.c_str())};
  const std::unique_ptr<PGresult, Finish> result{PQexec(connection.get(), sql.c_str())};
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    throw std::runtime_error(sql + ": " + PQerrorMessage(connection.get()));
  }
}

std::string PostgresqlCluster::end_of_log() const {
  std::ostringstream text;
  text << std::ifstream(folder_ / "log").rdbuf();
  const std::string all = text.str();
  return all.size() > 2000 ? all.substr(all.size() - 2000) : all;
}

ProcessOptions PostgresqlCluster::as_owner() const {
  ProcessOptions out;
  out.directory = folder_.path();
  out.timeout = std::chrono::minutes{2};
  out.prepare = become_owner;
  return out;
}

}  // namespace cmpkit::test
