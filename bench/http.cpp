// What does it cost to move a message, when the handler does nothing? 32 connections over loopback, each
// kept, each sending 1 KB and waiting for its echo. The clients are plain blocking sockets in one thread that deals
// with all connections in turn, so that they take little of the machine.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "bench/row.h"
#include "cmpkit/transport/http_client.h"
#include "cmpkit/transport/http_server.h"

namespace {

using namespace cmpkit;
using namespace cmpkit::transport;

constexpr int connection_count = 32;
constexpr std::size_t body_size = 1024;

Reply echo(const Request& request) { return {200, std::string(request.content_type), copy_of(request.body), {}}; }

HttpServer started(unsigned io_threads) {
  ServerOptions options;
  options.io_threads = io_threads;
  return std::move(*HttpServer::start(options, echo));
}

class Connection {
 public:
  explicit Connection(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) std::abort();
    const int on = 1;
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }
  Connection(Connection&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  ~Connection() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  void send(const std::string& octets) const {
    if (::send(descriptor_, octets.data(), octets.size(), 0) != static_cast<ssize_t>(octets.size())) std::abort();
  }

  // Responses have fields and the body; their size is told from the first one.
  void receive(std::size_t size) const {
    std::array<char, 4096> octets{};
    while (size != 0) {
      const auto count = ::recv(descriptor_, octets.data(), size, 0);
      if (count <= 0) std::abort();
      size -= static_cast<std::size_t>(count);
    }
  }

  [[nodiscard]] std::size_t receive_once() const {
    std::array<char, 4096> octets{};
    return static_cast<std::size_t>(::recv(descriptor_, octets.data(), octets.size(), 0));
  }

 private:
  int descriptor_;
};

const std::string request =
    "POST /.well-known/cmp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/pkixcmp\r\n"
    "Content-Length: 1024\r\n\r\n" +
    std::string(body_size, 'x');

/// Processor time of both ends together, best of some rounds, for one of the exchanges that `task` makes.
template <class Task>
double microseconds_each(int exchanges, Task task) {
  double best = 1e18;
  for (int round = 0; round < 8; ++round) {
    const std::clock_t start = std::clock();
    for (int i = 0; i < 50; ++i) task();
    best = std::min(best, 1e6 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / 50 / exchanges);
  }
  return best;
}

void kept_connections() {
  const auto server = started(1);
  std::vector<Connection> connections;
  for (int i = 0; i < connection_count; ++i) connections.emplace_back(server.port());
  connections.front().send(request);
  const auto response_size = connections.front().receive_once();
  const auto all = [&] {
    for (const auto& connection : connections) connection.send(request);
    for (const auto& connection : connections) connection.receive(response_size);
  };
  bench::print({"HTTP, 1 KB each way, 32 kept connections", microseconds_each(connection_count, all), {}, {}});
}

/// One exchange after the other by HttpClient.
void client_round_trip() {
  const auto server = started(1);
  auto client = HttpClient::create(server.url());
  const Octets message(body_size, 'x');
  const auto exchange = [&] {
    if (!client->exchange(message)) std::abort();
  };
  bench::print({"HTTP, 1 KB each way, by our client", microseconds_each(1, exchange), {}, {}});
}

}  // namespace

int main() {
  kept_connections();
  client_round_trip();
}
