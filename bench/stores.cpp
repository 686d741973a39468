// How many devices a second does a CA enrol over HTTP, and what of that is left where its state is on a disk?
//
// 32 clients at once, each on a connection of its own that is kept: ir, signed, with a new key (P-256), and certConf.
// Server and clients share the machine. The keys and requests are made before the clock runs; what clients do with an
// answer (verify it, and sign the certConf) is in the figure, on two threads. The stores take turns, so that what else
// the machine does befalls all of them; the figure is the median of the rounds. Beside it the processor time that all
// of it took for one enrolment (without that of PostgreSQL's own processes): where it fills the cores, it is the limit,
// and not the disk. With the name of a store only that one is measured: `stores sqlite`, for a profiler.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <future>
#include <string>
#include <vector>

#include "cmpkit/store/sqlite.h"
#include "cmpkit/transport/handler.h"
#include "cmpkit/transport/http_server.h"
#include "tests/support/scratch_directory.h"
#include "tests/support/world.h"
#include "transport/response_parser.h"
#ifdef CMPKIT_WITH_POSTGRESQL
#include "cmpkit/store/postgresql.h"
#include "tests/support/postgresql_cluster.h"
#endif

namespace {

using namespace cmpkit;
using namespace cmpkit::cmp;

constexpr std::size_t connection_count = 32;
constexpr std::size_t client_threads = 2;
constexpr std::size_t enrolments_each = 30;  // of a connection, in a round
constexpr int rounds = 7;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "bench/stores: %s\n", why.c_str());
  std::exit(1);
}

cmp::test::World& world() {
  static cmp::test::World the_world;
  return the_world;
}

/// An enrolment that is about to begin, with its first message.
struct Prepared {
  Enrollment operation;
  Octets request;
};

/// The enrolments of one connection in one round.
std::vector<Prepared> prepare(const Credential& credential) {
  std::vector<Prepared> out;
  for (std::size_t i = 0; i < enrolments_each; ++i) {
    EnrollmentOptions options = world().options(credential);
    options.implicit_confirm = false;
    auto operation = Enrollment::create(std::move(options), world().environment()).value();
    Octets request = *operation.start().send;
    out.push_back({std::move(operation), std::move(request)});
  }
  return out;
}

/// One connection, and what is enrolled over it one after the other.
class Connection {
 public:
  Connection(std::uint16_t port, std::vector<Prepared> work)
      : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)), work_(std::move(work)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
      give_up("no connection to the server");
    const int on = 1;
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }
  Connection(Connection&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), work_(std::move(other.work_)) {}
  ~Connection() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] bool is_done() const { return next_ == work_.size(); }
  void start() { send(work_[next_].request); }

  /// Octets have come.
  void receive() {
    std::array<std::uint8_t, 8192> octets{};
    const auto count = ::recv(descriptor_, octets.data(), octets.size(), 0);
    if (count <= 0) give_up("the server closed a connection");
    received_.insert(received_.end(), octets.begin(), octets.begin() + count);
    const auto taken = static_cast<std::ptrdiff_t>(parser_->feed(received_));
    received_.erase(received_.begin(), received_.begin() + taken);
    if (parser_->state() == transport::ResponseParser::State::reading) return;
    go_on(work_[next_].operation.receive(parser_->take_body()));
  }

 private:
  void go_on(const Output& output) {
    if (output.wake_at) give_up("the server is not available");
    if (output.send) return send(*output.send);
    if (!output.done->success) give_up(output.done->text);
    if (++next_ != work_.size()) start();
  }

  void send(Bytes message) {
    constexpr std::size_t max_answer = 65536;
    parser_ = std::make_unique<transport::ResponseParser>(max_answer);
    std::string request =
        "POST /.well-known/cmp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/pkixcmp\r\n"
        "Content-Length: " +
        std::to_string(message.size()) + "\r\n\r\n";
    request += text_of(message);
    if (::send(descriptor_, request.data(), request.size(), 0) != static_cast<ssize_t>(request.size()))
      give_up("a request could not be sent");
  }

  int descriptor_;
  std::vector<Prepared> work_;
  std::size_t next_ = 0;
  Octets received_;
  std::unique_ptr<transport::ResponseParser> parser_;
};

/// Carries out all the work of these connections, side by side.
void carry_out(std::vector<Connection> connections) {
  std::vector<pollfd> watched;
  for (Connection& connection : connections) {
    watched.push_back({connection.descriptor(), POLLIN, 0});
    connection.start();
  }
  std::size_t open = connections.size();
  while (open != 0) {
    constexpr int patience = 30'000;  // milliseconds
    if (::poll(watched.data(), watched.size(), patience) <= 0) give_up("the server does not answer");
    for (std::size_t i = 0; i < watched.size(); ++i) {
      if (watched[i].revents == 0) continue;
      connections[i].receive();
      if (!connections[i].is_done()) continue;
      watched[i].fd = -1;  // poll() passes over it
      --open;
    }
  }
}

/// A CA whose state is in this store, with what was measured of it.
struct Measured {
  std::string name;
  Store& store;
  std::vector<double> rates{};       // enrolments a second, of each round
  std::vector<double> processing{};  // microseconds for one, of each round

  void measure(const std::vector<Credential>& devices) {
    const auto responder =
        Responder::create(world().configuration(), *world().authority, store, world().environment()).value();
    transport::ServerOptions options;
    options.workers = 64;  // so that all clients may wait for the store at once
    const auto server = transport::HttpServer::start(
        options, transport::cmp_handler([&](const transport::Endpoint&, Bytes request) -> std::optional<Octets> {
          return responder->respond(request).octets;
        }));
    if (!server) give_up(server.error().text);
    std::vector<std::vector<Connection>> parts(client_threads);
    for (std::size_t i = 0; i < devices.size(); ++i)
      parts[i % client_threads].emplace_back(server->port(), prepare(devices[i]));

    const auto start = std::chrono::steady_clock::now();
    const std::clock_t processor = std::clock();
    std::vector<std::future<void>> running;
    for (auto& part : parts) running.push_back(std::async(std::launch::async, carry_out, std::move(part)));
    for (auto& each : running) each.get();
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    const auto count = static_cast<double>(devices.size() * enrolments_each);
    rates.push_back(count / time.count());
    processing.push_back(1e6 * static_cast<double>(std::clock() - processor) / CLOCKS_PER_SEC / count);
  }
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void print(const Measured& measured, const Measured& memory) {
  std::printf("%-56s %12.0f %10.0f %% %12.0f\n", measured.name.c_str(), median(measured.rates),
              100 * median(measured.rates) / median(memory.rates), median(measured.processing));
}

}  // namespace

int main(int argc, char** argv) {
  const std::string only = argc > 1 ? argv[1] : "";
  const auto wanted = [&](std::string_view name) { return only.empty() || only == name; };
  std::vector<Measured> all;
  const auto memory = memory_store();
  if (wanted("memory")) all.push_back({"memory", *memory});

  const cmpkit::test::ScratchDirectory folder;
  const auto sqlite = store::open_sqlite(folder / "store.db", botan_crypto());
  if (!sqlite) give_up(sqlite.error().text);
  if (wanted("sqlite")) all.push_back({"SQLite", **sqlite});

  std::string missing = "PostgreSQL: not measured, libpq was not there when this was built";
#ifdef CMPKIT_WITH_POSTGRESQL
  missing = cmpkit::test::PostgresqlCluster::missing().value_or("");
  std::unique_ptr<Store> postgresql;
  if (missing.empty() && wanted("postgresql")) {
    auto opened = store::open_postgresql(cmpkit::test::PostgresqlCluster::shared().new_database(), botan_crypto());
    if (!opened) give_up(opened.error().text);
    postgresql = std::move(*opened);
    all.push_back({"PostgreSQL, on the same machine", *postgresql});
  }
#endif
  if (all.empty()) give_up("no such store, or it cannot be measured here: " + only);

  std::vector<Credential> devices;
  for (std::size_t i = 0; i < connection_count; ++i)
    devices.emplace_back(world().vendor_credential("/CN=device-" + std::to_string(i)));
  for (int round = 0; round < rounds; ++round)
    for (Measured& each : all) each.measure(devices);

  std::printf("\n%-56s %12s %12s %12s\n", "HTTP, 32 clients: ir (signed, P-256) and certConf", "enrolments/s",
              "of memory", "us each");
  for (const Measured& each : all) print(each, all.front());
  if (!missing.empty()) std::printf("%s\n", missing.c_str());
}
