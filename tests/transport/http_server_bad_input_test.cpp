// What a server meets in the wild. Each time: the right answer or a clean close, and the next client is served.
#include <cstdint>
#include <random>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmpkit/transport/handler.h"
#include "tests/transport/memory_in_use.h"
#include "tests/transport/test_server.h"

namespace cmpkit::test {
namespace {

using transport::HttpServer;
using transport::Reply;
using transport::Request;
using transport::ServerOptions;

transport::HttpServer started_cmp(const ServerOptions& options = {}) {
  return started(transport::cmp_handler([](const transport::Endpoint&, Bytes message) { return copy_of(message); }),
                 options);
}

// Octets that say nothing, the same in every run.
std::string noise(std::size_t size, unsigned seed) {
  std::mt19937 source(seed);
  std::string octets(size, '\0');
  for (auto& octet : octets) octet = static_cast<char>(source());
  return octets;
}

// The status of the only response to these octets; 0 where the connection was closed cleanly without one.
int status_after(const HttpServer& server, const std::string& octets) {
  auto client = RawSocket::connected_to(server.port());
  client.send(octets);
  client.end_sending();
  const auto response = client.receive_response();
  CHECK(client.receive_rest().empty());
  CHECK_FALSE(client.was_reset());
  return response.status;
}

TEST_CASE("W-13 a request cut at any octet is refused, or the connection is closed") {
  const auto server = started_cmp();
  const auto request = GENERATE(post_of(noise(300, 1)),
                                "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/pkixcmp\r\n"
                                "Transfer-Encoding: chunked\r\n\r\n12c\r\n" +
                                    noise(300, 2) + "\r\n0\r\n\r\n");
  CHECK(status_after(server, {}) == 0);
  for (std::size_t size = 1; size < request.size(); ++size) {
    CAPTURE(size);
    REQUIRE(status_after(server, request.substr(0, size)) == 400);
  }
  CHECK(status_after(server, request) == 200);
}

TEST_CASE("A client that vanishes in mid-request or mid-answer does no harm") {
  const auto server = started_cmp();
  const auto request = post_of(noise(300, 3));
  for (std::size_t size = 0; size <= request.size(); ++size) {
    auto client = RawSocket::connected_to(server.port());
    client.send(std::string_view(request).substr(0, size));
    client.reset();
  }
  CHECK(still_serves(server));
}

TEST_CASE("Garbage gets a 4xx or 5xx") {
  const auto server = started_cmp();
  for (unsigned seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    const int status = status_after(server, noise(1 + seed * 7, seed) + "\r\n\r\n");
    CHECK((status >= 400 && status < 600));
  }
  CHECK(still_serves(server));
}

TEST_CASE("W-01 each fault of a request has its status") {
  struct Row {
    std::string request;
    int status;
  };
  const std::string post = "POST /.well-known/cmp HTTP/1.1\r\nHost: x\r\n";
  const std::string pkixcmp = "Content-Type: application/pkixcmp\r\n";
  const auto row = GENERATE_COPY(values<Row>({
      {post + "Content-Length: 1\r\n\r\nx", 415},
      {post + "Content-Type: text/plain\r\nContent-Length: 1\r\n\r\nx", 415},
      {"GET /.well-known/cmp HTTP/1.1\r\nHost: x\r\n\r\n", 405},
      {"CONNECT host:80 HTTP/1.1\r\nHost: x\r\n\r\n", 404},
      {"POST /.well-known/unknown HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx", 404},
      {post + pkixcmp + "\r\n", 411},
      {post + pkixcmp + "Content-Length: 0\r\n\r\n", 400},
      {post + pkixcmp + "Content-Length: 1048577\r\n\r\n", 413},
      {post + pkixcmp + "Content-Length: 1048577\r\n\r\n" + noise(1048577, 4), 413},
      {post + pkixcmp + "Transfer-Encoding: chunked\r\n\r\n100001\r\n" + noise(1048577, 5) + "\r\n0\r\n\r\n", 413},
      {post + "X: " + std::string(20'000, 'x') + "\r\n\r\n", 431},
      {"POST /" + std::string(20'000, 'x') + " HTTP/1.1\r\n\r\n", 431},
      {post + pkixcmp + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(40'000, 'x') + "\r\nx\r\n0\r\n\r\n", 400},
      {"POST / HTTP/3.0\r\nHost: x\r\n\r\n", 505},
  }));
  CAPTURE(row.request.substr(0, 100));
  const auto server = started_cmp();
  CHECK(status_after(server, row.request) == row.status);
  CHECK(still_serves(server));
}

TEST_CASE("A body as large as allowed is answered") {
  const auto server = started_cmp();
  const auto body = noise(1 << 20, 6);
  auto client = RawSocket::connected_to(server.port());
  client.send(post_of(body));
  CHECK(client.receive_response().body == body);
}

TEST_CASE("A refusal is the last answer on its connection") {
  const auto server = started_cmp();
  CHECK(status_after(server, "GARBAGE\r\n\r\n" + post_of("a request smuggled behind it")) == 400);
}

TEST_CASE("A connection without a request is closed without a word") {
  ServerOptions options;
  options.idle_timeout = std::chrono::milliseconds(20);
  const auto server = started_cmp(options);
  auto silent = RawSocket::connected_to(server.port());
  CHECK(silent.receive_rest().empty());
  CHECK_FALSE(silent.was_reset());
  auto once = RawSocket::connected_to(server.port());
  once.send(post_of("x"));
  CHECK(once.receive_response().status == 200);
  CHECK(once.receive_rest().empty());
  CHECK_FALSE(once.was_reset());
}

TEST_CASE("A request that does not get on is answered 408") {
  ServerOptions options;
  options.request_timeout = std::chrono::milliseconds(50);
  const auto server = started_cmp(options);
  const auto request = post_of(noise(300, 7));
  const auto size = GENERATE_COPY(std::size_t{1}, 20, request.find("\r\n\r\n") + 4, request.size() - 1);
  auto client = RawSocket::connected_to(server.port());
  client.send(request.substr(0, size));
  CHECK(client.receive_response().status == 408);
  CHECK(client.receive_rest().empty());
  CHECK(still_serves(server));
}

TEST_CASE("A sender who trickles octets does not outlast the time of a request") {
  ServerOptions options;
  options.request_timeout = std::chrono::milliseconds(50);
  const auto server = started_cmp(options);
  auto client = RawSocket::connected_to(server.port());
  client.send("POST / HTTP/1.1\r\nHost: x\r\nX: ");
  while (!client.readable_within_1_ms()) REQUIRE(client.send("x"));
  CHECK(client.receive_response().status == 408);
}

TEST_CASE("A client that does not read its answer loses its place") {
  ServerOptions options;
  options.request_timeout = std::chrono::milliseconds(50);
  options.max_connections = 1;
  const auto server = started(
      [](const Request& request) {
        return request.method == "GET" ? Reply{200, "a/b", Octets(64 << 20), {}} : echo(request);
      },
      options);
  auto greedy = RawSocket::connected_to(server.port());
  greedy.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  while (!still_serves(server)) {  // 503 until its place is free
  }
}

TEST_CASE("Thousands of bad requests leave no memory behind") {
  ServerOptions options;
  options.max_body = 64 * 1024;
  const auto server = started_cmp(options);
  const auto body = noise(64 * 1024, 8);
  const std::vector<std::string> requests{
      post_of(body).substr(0, 60'000),
      post_of(body + "x"),
      noise(10'000, 9),
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n" + body.substr(0, 60'000),
      "POST / HTTP/1.1\r\nX: " + std::string(100'000, 'x'),
  };
  const auto send_all = [&](int times) {
    for (int i = 0; i < times; ++i)
      for (const auto& request : requests) status_after(server, request);
  };
  send_all(40);
  const auto before = memory_in_use();
  send_all(400);
  const auto after = memory_in_use();
  CAPTURE(before, after);
  CHECK(after < before + (16U << 20));  // one kept request in five would be 24 MB
  CHECK(still_serves(server));
}

}  // namespace
}  // namespace cmpkit::test
