// What does an enrolment cost in a store of many certificates, beside an empty one?
//
//   store_size [CERTIFICATES] [FOLDER]
//
// A store in SQLite is filled with so many certificates (a million, where no number is given), each with its request, a
// key and a subject of its own: by Store::commit(), 20,000 in a change and in the order of their serial numbers, while
// the indexes of keys and subjects are not there; these are made afterwards. Serial numbers are as the CA makes them, a
// thousand in a second; keys are random, so that each belongs anywhere in their index; subjects are those of a fleet
// with numbers, and of a second one that is enrolled then. 32 threads enrol:
// - whole: the responder answers a signed ir and certConf (EC P-256). What clients do happens while no clock runs.
// - its commits alone: a new transaction and certificate, that no certificate with this key is expected, the quota, an
//   entry in the audit log; then both changed, another entry. Records are as large as those of EC keys.
// The two stores take turns, each thrice after a round that warms it up, and the best round of each counts: others use
// this machine too. The empty store is empty at the start of a round. Processor time is that of all threads, in the
// kernel as well.
#include <sqlite3.h>

#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <functional>
#include <random>
#include <thread>

#include "bench/row.h"
#include "cmpkit/store/sqlite.h"
#include "tests/support/world.h"

namespace {

using namespace cmpkit;
using namespace cmpkit::cmp;
using Clock = std::chrono::steady_clock;

constexpr std::size_t clients = 32, enrolments_of_each = 100, enrolments = clients * enrolments_of_each;
constexpr int rounds = 3;
constexpr std::size_t in_one_change = 20'000;

/// Octets that cannot be compressed, guessed or sorted. One for each thread.
class Noise {
 public:
  explicit Noise(std::uint64_t seed) : engine_(seed) {}
  Octets octets(std::size_t size) {
    Octets out(size + sizeof(std::uint64_t));
    for (std::size_t at = 0; at < size; at += sizeof(std::uint64_t)) {
      const std::uint64_t next = engine_();
      std::memcpy(out.data() + at, &next, sizeof next);
    }
    out.resize(size);
    return out;
  }

 private:
  std::mt19937_64 engine_;
};

/// With a serial number as the CA makes them in this second.
IssuedCertificate certificate(Noise& noise, std::uint64_t second, std::string_view name) {
  IssuedCertificate out;
  out.serial = noise.octets(20);
  out.serial[0] = 0x40;
  for (std::size_t i = 5; i > 0; --i, second >>= 8U) out.serial[i] = static_cast<std::uint8_t>(second);
  out.certificate = noise.octets(600);
  out.holder = noise.octets(33);
  out.key_digest = noise.octets(32);
  out.subject = copy_of(bytes_of("/o=fleet/cn=device " + std::string(name)));
  out.profile = "device";
  out.request = noise.octets(500);
  return out;
}

Transaction transaction(Noise& noise) {
  Transaction out;
  out.sender = noise.octets(33);
  out.transaction_id = noise.octets(16);
  out.state = Transaction::State::awaiting_confirmation;
  out.granted = {{0, noise.octets(600)}};
  out.sender_certificates = {noise.octets(600)};
  out.request_nonce = noise.octets(16);
  out.sender_nonce = noise.octets(16);
  out.request_digest = noise.octets(32);
  out.response = noise.octets(1500);
  out.deadline = Time{std::chrono::seconds{2'000'000'000}};
  return out;
}

AuditEntry entry(std::string action, const Transaction& transaction, const IssuedCertificate& certificate) {
  AuditEntry out;
  out.time = transaction.deadline;
  out.actor = "certificate /CN=device";
  out.action = std::move(action);
  out.result = "granted";
  out.transaction_id = transaction.transaction_id;
  out.certificates = {certificate.serial};
  out.trail.assign(300, 'x');
  return out;
}

void commit(Store& store, const Change& change) {
  const auto result = store.commit(change);
  if (result == Commit::done) return;
  std::fprintf(stderr, "a commit failed: %s\n", result ? "conflict" : result.error().text.c_str());
  std::exit(1);
}

void enrol(Store& store, Noise& noise, std::uint64_t second, std::string_view name) {
  Change ir{transaction(noise), {certificate(noise, second, name)}, {}};
  ir.expectations = {{Expectation::Of::key, ir.certificates[0].key_digest, 0}};
  ir.quota = {.per_sender = 100, .in_all = 1'000'000};
  ir.audit = {entry("ir", *ir.transaction, ir.certificates[0])};
  commit(store, ir);

  Change confirmation{std::move(ir.transaction), std::move(ir.certificates), {}};
  confirmation.transaction->version = confirmation.certificates[0].version = 1;
  confirmation.transaction->state = Transaction::State::done;
  confirmation.certificates[0].status = IssuedCertificate::Status::valid;
  confirmation.audit = {entry("certConf", *confirmation.transaction, confirmation.certificates[0])};
  commit(store, confirmation);
}

struct Cost {
  double processor = 1e9, wall = 1e9;  // microseconds for an enrolment
};

double microseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

Cost operator+(const Cost& a, const Cost& b) { return {a.processor + b.processor, a.wall + b.wall}; }

/// Each thread gets its number.
Cost measure(const std::function<void(std::size_t)>& client) {
  const auto start = Clock::now();
  const std::clock_t processor = std::clock();
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < clients; ++i) threads.emplace_back(client, i);
  threads.clear();  // joins
  return {1e6 * static_cast<double>(std::clock() - processor) / CLOCKS_PER_SEC / enrolments,
          microseconds_since(start) / enrolments};
}

Cost commits_alone(Store& store, std::uint64_t seed) {
  return measure([&](std::size_t client) {
    Noise noise(seed * clients + client);
    for (std::size_t i = 0; i < enrolments_of_each; ++i)
      enrol(store, noise, 2'000'000'000 + seed, std::to_string(seed) + "-" + std::to_string(i * clients + client));
  });
}

/// Answers the messages, which become the answers.
Cost respond(Responder& responder, std::vector<Octets>& messages) {
  return measure([&](std::size_t client) {
    for (std::size_t i = client; i < enrolments; i += clients) {
      Reply reply = responder.respond(messages[i]);
      if (reply.refusal) std::fprintf(stderr, "%s\n", reply.refusal->text.c_str()), std::exit(1);
      messages[i] = std::move(reply.octets);
    }
  });
}

Cost whole(test::World& world, std::uint64_t seed) {
  const Credential credential = world.vendor_credential();
  std::vector<Enrollment> devices;
  std::vector<Octets> messages;
  for (std::size_t i = 0; i < enrolments; ++i) {
    EnrollmentOptions options = world.options(credential);
    options.implicit_confirm = false;
    options.subject = test::name("/O=fleet/CN=device " + std::to_string(seed) + "-" + std::to_string(i));
    devices.push_back(Enrollment::create(std::move(options), world.environment()).value());
    messages.push_back(*devices.back().start().send);
  }
  const Cost ir = respond(*world.responder, messages);
  for (std::size_t i = 0; i < enrolments; ++i) messages[i] = *devices[i].receive(messages[i]).send;
  return ir + respond(*world.responder, messages);
}

void fill(Store& store, std::size_t certificates) {
  Noise noise(1);
  const auto start = Clock::now();
  for (std::size_t done = 0; done < certificates;) {
    Change change;
    for (; change.certificates.size() < in_one_change && done < certificates; ++done) {
      change.certificates.push_back(certificate(noise, done / 1000, "1-" + std::to_string(done)));
      change.certificates.back().status = IssuedCertificate::Status::valid;
    }
    commit(store, change);
    std::fprintf(stderr, "\r%zu certificates, %.0f s", done, microseconds_since(start) / 1e6);
  }
  std::fprintf(stderr, "\n");
}

void execute(const std::filesystem::path& file, const char* sql) {
  sqlite3* database = nullptr;
  const bool done = sqlite3_open(file.c_str(), &database) == SQLITE_OK &&
                    sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
  if (!done) std::fprintf(stderr, "%s\n", sqlite3_errmsg(database)), std::exit(1);
  sqlite3_close(database);
}

/// Exits where it cannot be opened.
std::unique_ptr<Store> open(const std::filesystem::path& file) {
  auto store = store::open_sqlite(file, botan_crypto());
  if (store) return std::move(*store);
  std::fprintf(stderr, "%s\n", store.error().text.c_str());
  std::exit(1);
}

/// The indexes are made at the end, which sorts them once.
std::unique_ptr<Store> open_filled(const std::filesystem::path& file, std::size_t certificates) {
  auto store = open(file);
  execute(file, "DROP INDEX certificates_by_key; DROP INDEX certificates_by_subject");
  fill(*store, certificates);
  execute(file,
          "PRAGMA cache_size = -1000000;"
          "CREATE INDEX certificates_by_key ON certificates (key_digest);"
          "CREATE INDEX certificates_by_subject ON certificates (subject);"
          "PRAGMA wal_checkpoint(TRUNCATE)");
  return store;
}

struct Costs {
  Cost whole, commits;
};

/// The best so far is kept.
void measure_round(test::World& world, int round, Costs& best) {
  static std::uint64_t seed = 1000;
  const Cost of_whole = whole(world, ++seed), of_commits = commits_alone(*world.store, ++seed);
  if (round == 0) return;  // warms up
  const auto keep = [](Cost& kept, const Cost& cost) {
    kept = {std::min(kept.processor, cost.processor), std::min(kept.wall, cost.wall)};
  };
  keep(best.whole, of_whole);
  keep(best.commits, of_commits);
}

void use(test::World& world, std::unique_ptr<Store> store) {
  world.responder.reset();
  world.store = std::move(store);
  ResponderConfiguration configuration = world.configuration();
  configuration.quota.per_sender = enrolments;  // all by one credential
  world.use(std::move(configuration));
}

void print(const std::string& what, const Cost& empty, const Cost& full) {
  const auto rows = [&](const std::string& time, double of_empty, double of_full) {
    bench::print({what + ", " + time + ", empty store", of_empty, std::nullopt, std::nullopt});
    bench::print({what + ", " + time + ", full store", of_full, std::nullopt, std::nullopt});
    std::printf("%-56s %11.2fx\n", "  ratio", of_full / of_empty);
  };
  rows("processor time", empty.processor, full.processor);
  rows("wall time", empty.wall, full.wall);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t certificates = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const auto parent = argc > 2 ? std::filesystem::path(argv[2]) : std::filesystem::temp_directory_path();
  std::string folder = (parent / "cmpkit-store-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return 1;
  const std::filesystem::path path = folder;

  test::World empty, full;
  use(full, open_filled(path / "full.db", certificates));
  Costs of_empty, of_full;
  for (int round = 0; round <= rounds; ++round) {
    use(empty, open(path / ("empty-" + std::to_string(round) + ".db")));
    measure_round(empty, round, of_empty);
    measure_round(full, round, of_full);
  }
  std::printf("%zu at once, in a store of %zu certificates and an empty one\n", clients, certificates);
  print("enrolment", of_empty.whole, of_full.whole);
  print("its commits", of_empty.commits, of_full.commits);
  std::filesystem::remove_all(path);
}
