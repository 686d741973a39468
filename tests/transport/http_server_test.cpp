#include "cmpkit/transport/http_server.h"

#include <atomic>
#include <future>
#include <latch>
#include <stdexcept>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/transport/test_server.h"

namespace cmpkit::test {
namespace {

using transport::HttpServer;
using transport::Reply;
using transport::Request;
using transport::ServerOptions;
using transport::TransportError;

TEST_CASE("A reply says what it is and how long") {
  const auto server = started(echo);
  auto client = RawSocket::connected_to(server.port());
  client.send(post_of("hello"));
  const auto response = client.receive_response();
  CHECK(response.head.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(response.has_line("Content-Type: application/pkixcmp"));
  CHECK(response.has_line("Content-Length: 5"));
  CHECK(response.has_line("Connection: keep-alive"));
  CHECK(response.head.find("\r\nDate: ") != std::string::npos);
  CHECK(response.body == "hello");
}

TEST_CASE("The handler sees the request and the peer") {
  const auto server = started([](const Request& request) {
    const auto text = std::string(request.method) + " " + std::string(request.path) + " " + std::string(request.peer);
    return Reply{200, "text/plain", copy_of(bytes_of(text)), {}};
  });
  auto client = RawSocket::connected_to(server.port());
  client.send("GET /crls/1?delta HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(client.receive_response().body.starts_with("GET /crls/1?delta 127.0.0.1:"));
}

TEST_CASE("W-09 one connection serves many requests") {
  const auto server = started(echo);
  auto client = RawSocket::connected_to(server.port());
  int answered = 0;
  for (int i = 0; i < 500; ++i) {
    const auto body = "request " + std::to_string(i);
    client.send(post_of(body));
    if (client.receive_response().body == body) ++answered;
  }
  CHECK(answered == 500);
}

TEST_CASE("Pipelined requests are answered in their order") {
  const auto server = started(echo);
  std::string all;
  for (int i = 0; i < 100; ++i) all += post_of(std::string(static_cast<std::size_t>(i) * 50, 'x') + std::to_string(i));
  auto client = RawSocket::connected_to(server.port());
  client.send(all);
  for (int i = 0; i < 100; ++i)
    REQUIRE(client.receive_response().body == std::string(static_cast<std::size_t>(i) * 50, 'x') + std::to_string(i));
}

TEST_CASE("A chunked body comes whole to the handler, the next request behind it") {
  const auto server = started(echo);
  auto client = RawSocket::connected_to(server.port());
  client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n" +
              post_of("next"));
  CHECK(client.receive_response().body == "hello");
  CHECK(client.receive_response().body == "next");
}

TEST_CASE("A client that has ended sending still gets its answers") {
  const auto server = started(echo);
  auto client = RawSocket::connected_to(server.port());
  client.send(post_of("one") + post_of("two"));
  client.end_sending();
  CHECK(client.receive_response().body == "one");
  CHECK(client.receive_response().body == "two");
  CHECK(client.receive_rest().empty());
  CHECK_FALSE(client.was_reset());
}

TEST_CASE("Connection: close and HTTP/1.0 end the connection after the answer") {
  const auto request = GENERATE(values<std::string>({
      "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
      "GET / HTTP/1.0\r\n\r\n",
  }));
  const auto server = started(echo);
  auto client = RawSocket::connected_to(server.port());
  client.send(request);
  const auto response = client.receive_response();
  CHECK(response.status == 200);
  CHECK(response.has_line("Connection: close"));
  CHECK(client.receive_rest().empty());
  CHECK_FALSE(client.was_reset());
}

TEST_CASE("HTTP/1.0 with keep-alive keeps the connection, as openssl cmp asks for it") {
  const auto server = started(echo);
  auto client = RawSocket::connected_to(server.port());
  for (int i = 0; i < 2; ++i) {
    client.send("POST / HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi");
    const auto response = client.receive_response();
    CHECK(response.body == "hi");
    CHECK(response.has_line("Connection: keep-alive"));
  }
}

TEST_CASE("A client that expects 100 is told to continue") {
  const auto server = started(echo);
  auto client = RawSocket::connected_to(server.port());
  const auto request = post_of("late body", "Expect: 100-continue\r\n");
  const auto head_size = request.find("\r\n\r\n") + 4;
  client.send(request.substr(0, head_size));
  const auto interim = client.receive_response();
  CHECK(interim.status == 100);
  client.send(request.substr(head_size));
  CHECK(client.receive_response().body == "late body");
}

TEST_CASE("HEAD gets the fields of the answer only") {
  const auto server = started([](const Request&) { return Reply{200, "text/plain", copy_of(bytes_of("body")), {}}; });
  auto client = RawSocket::connected_to(server.port());
  client.send("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const auto all = client.receive_rest();
  CHECK(all.find("Content-Length: 4\r\n") != std::string::npos);
  CHECK(all.ends_with("\r\n\r\n"));
}

TEST_CASE("A handler that throws, or whose reply cannot be sent, gives 500 with an empty body") {
  const auto fault = GENERATE(0, 1, 2, 3);
  const auto server = started([&](const Request& request) -> Reply {
    if (request.path == "/good") return {200, {}, {}, {}};
    if (fault == 0) throw std::runtime_error("secret");
    if (fault == 1) throw 42;  // NOLINT(hicpp-exception-baseclass): anything may be thrown
    if (fault == 2) return {99, {}, Octets{1}, {}};
    return {200, "text/plain\r\nX-Injected: 1", Octets{1}, {}};
  });
  auto client = RawSocket::connected_to(server.port());
  client.send("GET /bad HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto response = client.receive_response();
  CHECK(response.status == 500);
  CHECK(response.body.empty());
  CHECK(response.head.find("Injected") == std::string::npos);
  client.send("GET /good HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(client.receive_response().status == 200);
}

TEST_CASE("A reply of several megabytes arrives whole") {
  const Octets large(8 << 20, 'x');
  const auto server = started([&](const Request&) { return Reply{200, "a/b", large, {}}; });
  auto client = RawSocket::connected_to(server.port());
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(client.receive_response().body.size() == large.size());
}

TEST_CASE("200 connections at once are served by 2 threads") {
  ServerOptions options;
  options.io_threads = 2;
  const auto server = started(echo, options);
  std::vector<RawSocket> clients;
  for (int i = 0; i < 200; ++i) clients.push_back(RawSocket::connected_to(server.port()));
  for (int round = 0; round < 5; ++round) {
    for (std::size_t i = 0; i < clients.size(); ++i) clients[i].send(post_of(std::to_string(i)));
    for (std::size_t i = 0; i < clients.size(); ++i) REQUIRE(clients[i].receive_response().body == std::to_string(i));
  }
}

TEST_CASE("As many handlers run at once as there are workers") {
  constexpr int count = 8;
  std::latch all_inside(count);  // opens only when every worker is in the handler
  ServerOptions options;
  options.workers = count;
  const auto server = started(
      [&](const Request& request) {
        all_inside.arrive_and_wait();
        return echo(request);
      },
      options);
  std::vector<RawSocket> clients;
  for (int i = 0; i < count; ++i) {
    clients.push_back(RawSocket::connected_to(server.port()));
    clients.back().send(post_of("x"));
  }
  for (auto& client : clients) CHECK(client.receive_response().status == 200);
}

TEST_CASE("Connections above the limit get 503, and places become free again") {
  ServerOptions options;
  options.max_connections = 2;
  const auto server = started(echo, options);
  {
    auto first = RawSocket::connected_to(server.port());
    auto second = RawSocket::connected_to(server.port());
    for (auto* client : {&first, &second}) {
      client->send(post_of("x"));
      REQUIRE(client->receive_response().status == 200);
    }
    auto third = RawSocket::connected_to(server.port());
    third.send(post_of("x"));
    const auto response = third.receive_response();
    CHECK(response.status == 503);
    CHECK(response.has_line("Connection: close"));
    CHECK(third.receive_rest().empty());
    CHECK_FALSE(third.was_reset());
  }
  while (!still_serves(server)) {  // ends when the server has seen that the clients are gone
  }
}

TEST_CASE("stop() closes idle connections, answers the running request and takes no more") {
  std::latch inside(1);
  std::latch go_on(1);
  auto server = started([&](const Request& request) {
    if (request.body.size() != 1) return echo(request);
    inside.count_down();
    go_on.wait();
    return echo(request);
  });
  auto idle = RawSocket::connected_to(server.port());
  idle.send(post_of("idle"));
  REQUIRE(idle.receive_response().status == 200);
  auto busy = RawSocket::connected_to(server.port());
  busy.send(post_of("x") + post_of("never read"));
  inside.wait();

  auto stopped = std::async(std::launch::async, [&] { server.stop(); });
  CHECK(idle.receive_rest().empty());  // so stop() has begun
  CHECK_FALSE(idle.was_reset());
  go_on.count_down();
  const auto response = busy.receive_response();
  CHECK(response.body == "x");
  CHECK(response.has_line("Connection: close"));
  CHECK(busy.receive_rest().empty());
  busy.reset();
  stopped.get();
  CHECK_FALSE(RawSocket::can_connect_to(server.port()));
  server.stop();
}

TEST_CASE("stop() closes after the grace time what is not answered by then") {
  std::latch inside(1);
  std::latch go_on(1);
  ServerOptions options;
  options.grace = std::chrono::milliseconds(20);
  auto server = started(
      [&](const Request& request) {
        inside.count_down();
        go_on.wait();
        return echo(request);
      },
      options);
  auto unfinished = RawSocket::connected_to(server.port());
  unfinished.send("POST / HTTP/1.1\r\n");
  auto busy = RawSocket::connected_to(server.port());
  busy.send(post_of("x"));
  inside.wait();
  auto stopped = std::async(std::launch::async, [&] { server.stop(); });
  CHECK(unfinished.receive_rest().empty());
  CHECK(busy.receive_rest().empty());  // closed, although its handler still runs
  go_on.count_down();
  stopped.get();
}

TEST_CASE("A server whose owner goes away ends with its connections") {
  auto client = [] {
    const auto server = started(echo);
    auto connected = RawSocket::connected_to(server.port());
    connected.send(post_of("x"));
    REQUIRE(connected.receive_response().status == 200);
    return connected;
  }();
  CHECK(client.receive_rest().empty());
}

TEST_CASE("The error says why a server cannot listen") {
  const auto server = started(echo);
  CHECK(server.url() == "http://127.0.0.1:" + std::to_string(server.port()));
  struct Row {
    std::string address;
    std::uint16_t port;
    std::string says;
  };
  const std::vector<Row> rows{
      {"127.0.0.1", server.port(), "Address already in use"},
      {"localhost", 0, "not an IPv4 or IPv6 address"},
      {"192.0.2.1", 0, "Cannot assign requested address"},
  };
  for (const auto& row : rows) {
    ServerOptions options;
    options.address = row.address;
    options.port = row.port;
    const auto second = HttpServer::start(options, echo);
    REQUIRE_FALSE(second);
    CHECK(second.error().kind == TransportError::Kind::listen);
    CHECK_THAT(second.error().text, Catch::Matchers::ContainsSubstring(row.says));
  }
}

}  // namespace
}  // namespace cmpkit::test
