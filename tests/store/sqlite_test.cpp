// What is special to the store in a file.
#include "cmpkit/store/sqlite.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <fstream>
#include <iterator>
#include <thread>

#include "cmpkit/cmp/audit.h"
#include "cmpkit/cmp/botan.h"
#include "store/sqlite_error.h"
#include "tests/store/records.h"
#include "tests/support/scratch_directory.h"

namespace cmpkit::store {
namespace {

using Catch::Matchers::ContainsSubstring;
using cmp::Commit;
using cmp::IssuedCertificate;
using test::at;
using test::audit_entry;
using test::change;
using test::issued;
using test::octets;
using test::ScratchDirectory;
using test::transaction;

tl::expected<std::unique_ptr<cmp::Store>, cmp::StoreError> open(const std::string& file,
                                                                Migration migration = Migration::automatic) {
  return open_sqlite(file, cmp::botan_crypto(), migration);
}

/// Does to the file what no store would.
void tamper(const std::string& file, const std::string& sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
  const int code = sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr);
  INFO(sqlite3_errmsg(database));
  CHECK(code == SQLITE_OK);
  sqlite3_close(database);
}

/// A store as an earlier format had it, see tests/data/store/README.md.
void make_format(int format, const std::string& file) {
  std::ifstream dump(CMPKIT_TEST_DATA "/store/format-" + std::to_string(format) + ".sql");
  tamper(file, {std::istreambuf_iterator<char>(dump), {}});
}

bool is_intact(cmp::Store& store, std::size_t entries) {
  cmp::AuditVerifier verifier(cmp::botan_crypto());
  const auto records = store.audit(0, entries + 1).value();
  for (const auto& record : records)
    if (!verifier.add(record)) return false;
  return records.size() == entries;
}

TEST_CASE("what was committed is there when the file is opened again") {
  const ScratchDirectory folder;
  cmp::Change all{transaction("T1"), {issued("S1")}, cmp::StoredCrl{0, 1, at(5), at(6), 7, octets("CRL")}};
  all.certificates.front().request = octets("request");
  all.secret = test::secret("device");
  all.approval = test::approval("A1");
  all.devices = {test::device("1")};
  all.audit = {audit_entry("ir")};
  REQUIRE(open(folder / "store.db").value()->commit(all) == Commit::done);

  const auto store = open(folder / "store.db", Migration::none).value();
  CHECK(store->transactions(bytes_of("T1"))->size() == 1);
  CHECK(store->certificate(bytes_of("S1"))->has_value());
  CHECK(store->request(bytes_of("S1")).value() == octets("request"));
  CHECK(store->crl(0)->has_value());
  CHECK(store->secret("device")->has_value());
  CHECK(store->approval("A1")->has_value());
  CHECK(store->device("ACME", "1")->has_value());
  CHECK(store->revocations() == 1U);
  all = change(transaction("T2"));
  all.audit = {audit_entry("ir")};
  CHECK(store->commit(all) == Commit::done);
  CHECK(is_intact(*store, 2));
}

TEST_CASE("two stores on one file are one store") {
  const ScratchDirectory folder;
  const auto one = open(folder / "store.db").value(), other = open(folder / "store.db").value();
  REQUIRE(one->commit(change(transaction("T"))) == Commit::done);
  CHECK(other->commit(change(transaction("T"))) == Commit::conflict);
  CHECK(other->transactions(bytes_of("T"))->size() == 1);

  std::atomic<int> done = 0;
  const auto race = [&](cmp::Store& store, const std::string& name) {
    for (int i = 0; i < 100; ++i) {
      cmp::Change each{transaction("T" + std::to_string(i)), {issued(name + std::to_string(i))}, {}};
      each.audit = {audit_entry(name)};
      if (store.commit(each) == Commit::done) ++done;
    }
  };
  std::thread first([&] { race(*one, "a"); }), second([&] { race(*other, "b"); });
  first.join();
  second.join();
  CHECK(done == 100);
  CHECK(one->statistics()->certificates[0] == 100);
  CHECK(is_intact(*one, 100));
}

TEST_CASE("what a killed process has acknowledged is there, and all of its last commit or nothing") {
  const ScratchDirectory folder;
  int pipe_ends[2];
  REQUIRE(::pipe(pipe_ends) == 0);
  const pid_t writer = ::fork();
  REQUIRE(writer >= 0);
  if (writer == 0) {  // commits, and says so, until it is killed
    const auto store = open(folder / "store.db").value();
    for (std::uint32_t i = 0;; ++i) {
      cmp::Change each{transaction("T" + std::to_string(i)), {issued("S" + std::to_string(i))}, {}};
      each.audit = {audit_entry("ir")};
      if (store->commit(each) != Commit::done || ::write(pipe_ends[1], &i, sizeof i) != sizeof i) ::_exit(1);
    }
  }
  std::uint32_t last = 0;
  while (last < 50 && ::read(pipe_ends[0], &last, sizeof last) == sizeof last) {
  }
  ::kill(writer, SIGKILL);
  int status = 0;
  REQUIRE(::waitpid(writer, &status, 0) == writer);
  CHECK(WIFSIGNALED(status));
  ::close(pipe_ends[1]);
  while (::read(pipe_ends[0], &last, sizeof last) == sizeof last) {
  }
  ::close(pipe_ends[0]);

  const auto store = open(folder / "store.db").value();
  const auto stored = store->statistics()->certificates[0];
  CHECK((stored == last + 1 || stored == last + 2));  // acknowledged, and perhaps one more
  CHECK(store->statistics()->transactions[1] == stored);
  CHECK(is_intact(*store, stored));
}

/// Another process that opens the file whenever it is asked something, and closes it again. It has to be there before
/// this process opens the file, because connections of SQLite do not survive a fork.
class Beside {
 public:
  explicit Beside(const std::string& file) {
    REQUIRE(::pipe(question_) == 0);
    REQUIRE(::pipe(answer_) == 0);
    id_ = ::fork();
    REQUIRE(id_ >= 0);
    if (id_ != 0) return;
    ::close(question_[1]);
    for (char name = 0; ::read(question_[0], &name, 1) == 1;) {
      const auto store = open(file, Migration::none);
      const char found = store ? static_cast<char>((*store)->transactions(bytes_of({&name, 1}))->size()) : 'x';
      if (::write(answer_[1], &found, 1) != 1) break;
    }
    ::_exit(0);
  }
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;
  ~Beside() {
    for (const int end : {question_[0], question_[1], answer_[0], answer_[1]}) ::close(end);
    ::waitpid(id_, nullptr, 0);
  }

  /// How many transactions of this ID it finds.
  int count(char name) {
    char found = 'x';
    return ::write(question_[1], &name, 1) == 1 && ::read(answer_[0], &found, 1) == 1 ? found : 'x';
  }

 private:
  int question_[2]{}, answer_[2]{};
  pid_t id_ = -1;
};

TEST_CASE("a process that comes and goes does not take the log from under one that stays") {
  const ScratchDirectory folder;
  Beside beside(folder / "store.db");
  const auto store = open(folder / "store.db").value();
  for (const char name : {'a', 'b', 'c'}) {
    REQUIRE(store->commit(change(transaction({&name, 1}))) == Commit::done);
    CHECK(store->transactions(bytes_of({&name, 1}))->size() == 1);  // over a connection of its own
    CHECK(beside.count(name) == 1);
  }
}

TEST_CASE("only its owner can read the file") {
  const ScratchDirectory folder;
  const auto store = open(folder / "store.db").value();
  REQUIRE(store->commit(change(transaction("T"))) == Commit::done);
  for (const char* name : {"store.db", "store.db-wal", "store.db-shm"}) {
    struct stat status{};
    REQUIRE(::stat((folder / name).c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600);
  }
}

TEST_CASE("a store of the first format is migrated and holds what it held") {
  const ScratchDirectory folder;
  make_format(1, folder / "store.db");
  CHECK_THAT(open(folder / "store.db", Migration::none).error().text, ContainsSubstring("the earlier format 1"));
  const auto store = open(folder / "store.db").value();

  const auto statistics = store->statistics().value();
  CHECK(statistics.certificates == std::array<std::uint64_t, 6>{1, 1, 0, 0, 0, 1});
  CHECK(statistics.transactions == std::array<std::uint64_t, 5>{1, 1, 1, 0, 0});
  CHECK(statistics.on_crl == 2);
  CHECK(store->revocations() == 2U);
  const auto found = store->transactions(bytes_of("T1")).value();
  REQUIRE(found.size() == 1);
  CHECK(found[0].response == transaction("T1").response);
  CHECK(found[0].granted.front().certificate == transaction("T1").granted.front().certificate);
  CHECK(store->transactions(bytes_of("T3"))->front().version == 2);
  const auto certificate = store->certificate(bytes_of("S1")).value().value();
  CHECK(certificate.certificate == issued("S1").certificate);
  CHECK(certificate.reason == issued("S1").reason);
  CHECK(certificate.profile.empty());
  CHECK_FALSE(store->request(bytes_of("S1"))->has_value());
  CHECK(store->certificates_for(bytes_of("key 2"))->size() == 1);
  CHECK(store->certificates_named(issued("S3", "key 3").subject)->size() == 1);
  CHECK(store->crl(1).value()->der == octets("CRL 1"));

  IssuedCertificate next = certificate;
  next.status = IssuedCertificate::Status::revoked;
  next.profile = "server";
  cmp::Change changed = change(next);
  changed.audit = {audit_entry("rr")};
  CHECK(store->commit(changed) == Commit::done);
  CHECK(store->commit(change(issued("S4"))) == Commit::done);
  CHECK(store->certificate(bytes_of("S1")).value()->profile == "server");
  CHECK(store->list({.after = {}, .status = IssuedCertificate::Status::revoked, .subject = {}})->size() == 2);
}

TEST_CASE("a store of the second format is migrated and holds what it held") {
  const ScratchDirectory folder;
  make_format(2, folder / "store.db");
  const auto store = open(folder / "store.db").value();

  const auto statistics = store->statistics().value();
  CHECK(statistics.certificates == std::array<std::uint64_t, 6>{1, 1, 0, 0, 0, 1});
  CHECK(statistics.transactions == std::array<std::uint64_t, 5>{1, 1, 1, 0, 0});
  CHECK(statistics.on_crl == 2);
  CHECK(statistics.secrets == 1);
  CHECK(statistics.approvals == 1);
  CHECK(statistics.devices == 0);
  CHECK(is_intact(*store, 2));
  const auto found = store->transactions(bytes_of("T1"))->front();
  CHECK(found.response == transaction("T1").response);
  CHECK(found.route.empty());
  CHECK(found.arrived.empty());
  CHECK(store->transactions(bytes_of("T3"))->front().polls == 9);
  CHECK(store->certificate(bytes_of("S1")).value()->profile == "profile");
  CHECK(store->request(bytes_of("S1")).value() == octets("request"));
  CHECK(store->secret("device").value()->secret == test::secret("device").secret);
  CHECK(store->approval("A2").value()->state == cmp::StoredApproval::State::approved);

  cmp::Transaction next = found;
  next.state = cmp::Transaction::State::relayed;
  next.upstream = octets("message");
  cmp::Change changed = change(next);
  changed.devices = {test::device("1")};
  changed.audit = {audit_entry("ir")};
  REQUIRE(store->commit(changed) == Commit::done);
  CHECK(store->transactions_in(cmp::Transaction::State::relayed, 10)->front().upstream == octets("message"));
  CHECK(store->statistics()->transactions == std::array<std::uint64_t, 5>{1, 0, 1, 0, 1});
  CHECK(store->device("ACME", "1")->has_value());
  CHECK(is_intact(*store, 3));
}

TEST_CASE("a migration says from where to where") {
  const ScratchDirectory folder;
  const auto migrated = [&](const char* name) {
    const auto [from, to] = migrate_sqlite(folder / name).value();
    return std::pair{from, to};
  };
  make_format(1, folder / "old.db");
  make_format(2, folder / "newer.db");
  CHECK(migrated("old.db") == std::pair{1U, 3U});
  CHECK(migrated("old.db") == std::pair{3U, 3U});
  CHECK(migrated("newer.db") == std::pair{2U, 3U});
  CHECK(migrated("new.db") == std::pair{0U, 3U});
  CHECK(open(folder / "new.db", Migration::none).has_value());
}

TEST_CASE("a migration that fails in the middle leaves the store as it was") {
  const ScratchDirectory folder;
  make_format(1, folder / "store.db");
  tamper(folder / "store.db", "CREATE TABLE audit (wrong BIGINT)");
  CHECK_THAT(open(folder / "store.db").error().text, ContainsSubstring("audit"));
  tamper(folder / "store.db", "DROP TABLE audit");
  CHECK(open(folder / "store.db").value()->statistics()->certificates[0] == 1);
}

TEST_CASE("a store of a later format is refused in words") {
  const ScratchDirectory folder;
  REQUIRE(open(folder / "store.db").has_value());
  tamper(folder / "store.db", "UPDATE store_format SET format = 99");
  for (const Migration migration : {Migration::automatic, Migration::none})
    CHECK_THAT(open(folder / "store.db", migration).error().text,
               ContainsSubstring("has format 99 and this program knows up to 3"));
  CHECK_THAT(migrate_sqlite(folder / "store.db").error().text, ContainsSubstring("has format 99"));
}

TEST_CASE("what is no store is refused in words, and left as it is") {
  const ScratchDirectory folder;
  const std::string text(5000, 'x');
  std::ofstream(folder / "letter.txt") << text;
  CHECK_THAT(open(folder / "letter.txt").error().text, ContainsSubstring("it is no store"));
  std::ifstream letter(folder / "letter.txt");
  CHECK(std::string(std::istreambuf_iterator<char>(letter), {}) == text);
  CHECK_THAT(open(folder / "no/folder/store.db").error().text, ContainsSubstring("No such file or directory"));
  CHECK_THAT(open(folder / "missing.db", Migration::none).error().text, ContainsSubstring("cannot be opened"));
  CHECK_FALSE(std::ifstream(folder / "missing.db").is_open());
}

TEST_CASE("a damaged record is an error, and others are not concerned") {
  const ScratchDirectory folder;
  const auto store = open(folder / "store.db").value();
  cmp::Change all{transaction("T1"), {issued("S1"), issued("S2", "key 2")}, {}};
  all.secret = test::secret("device");
  all.approval = test::approval("A1");
  all.devices = {test::device("1")};
  REQUIRE(store->commit(all) == Commit::done);
  tamper(folder / "store.db",
         "UPDATE certificates SET record = x'3003020101' WHERE serial = x'5331'; UPDATE transactions SET record = x'';"
         "UPDATE secrets SET record = 7; UPDATE approvals SET record = 'text'; UPDATE devices SET record = x'30'");
  CHECK_THAT(store->certificate(bytes_of("S1")).error().text, ContainsSubstring("a certificate cannot be read"));
  CHECK_FALSE(store->list({}).has_value());
  CHECK_FALSE(store->transactions(bytes_of("T1")).has_value());
  CHECK_FALSE(store->expired(at(5000), 10).has_value());
  CHECK_FALSE(store->secret("device").has_value());
  CHECK_FALSE(store->approval("A1").has_value());
  CHECK_THAT(store->device("ACME", "1").error().text, ContainsSubstring("a device cannot be read"));
  CHECK_FALSE(store->devices({}).has_value());
  IssuedCertificate next = issued("S1");
  next.version = 1;
  CHECK_FALSE(store->commit(change(next)).has_value());
  CHECK(store->certificate(bytes_of("S2"))->has_value());
  next = issued("S2", "key 2");
  next.version = 1;
  CHECK(store->commit(change(next)) == Commit::done);
}

/// No file of this process may grow beyond so many octets while this lives: as if the disk were full.
class FullDisk {
 public:
  explicit FullDisk(rlim_t octets) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limited{octets, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limited);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, on_limit_);
  }

 private:
  rlimit before_{};
  void (*on_limit_)(int) = ::signal(SIGXFSZ, SIG_IGN);
};

TEST_CASE("when the disk takes nothing more commits fail in words, and work again when it does") {
  const ScratchDirectory folder;
  const auto store = open(folder / "store.db").value();
  REQUIRE(store->commit(change(transaction("T"))) == Commit::done);
  int done = 0;
  {
    const FullDisk full(1U << 20U);
    cmp::Transaction large = transaction("large");
    large.response.assign(300'000, 0x30);
    tl::expected<Commit, cmp::StoreError> result = Commit::done;
    for (; done < 10 && result; ++done) {
      large.transaction_id = octets("large " + std::to_string(done));
      result = store->commit(change(large));
    }
    REQUIRE_FALSE(result.has_value());
    CHECK_THAT(result.error().text, ContainsSubstring("disk"));
    CHECK(store->transactions(bytes_of("T"))->size() == 1);
    CHECK(store->transactions(large.transaction_id)->empty());
  }
  CHECK(store->commit(change(transaction("after"))) == Commit::done);
  CHECK(store->statistics()->transactions[1] == static_cast<std::uint64_t>(done) + 1);
}

TEST_CASE("errors of SQLite say what to do") {
  const auto text = [](int code) { return sqlite_error_text("FILE", code, "detail"); };
  CHECK(text(SQLITE_FULL) ==
        "the store FILE: the disk is full; make room, and it goes on by itself (SQLite: detail, 13)");
  CHECK_THAT(text(SQLITE_READONLY_DBMOVED), ContainsSubstring("let this user write the file and its folder"));
  CHECK_THAT(text(SQLITE_BUSY_SNAPSHOT), ContainsSubstring("another process holds it locked"));
  CHECK_THAT(text(SQLITE_IOERR_FSYNC), ContainsSubstring("see the system's log"));
  CHECK_THAT(text(SQLITE_ERROR), ContainsSubstring("SQLite failed (SQLite: detail, 1)"));
}

}  // namespace
}  // namespace cmpkit::store
