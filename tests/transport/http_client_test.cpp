#include "cmpkit/transport/http_client.h"

#include <netdb.h>

#include <latch>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/transport/test_server.h"

namespace cmpkit::test {
namespace {

using Catch::Matchers::ContainsSubstring;
using transport::ClientOptions;
using transport::HttpClient;
using transport::TransportError;
using Kind = TransportError::Kind;

HttpClient client_of(const std::string& url, const ClientOptions& options = {}) {
  auto client = HttpClient::create(url, options);
  REQUIRE(client);
  return *std::move(client);
}

std::string response_of(std::string_view body, std::string_view status = "200 OK", std::string_view fields = {}) {
  std::string text("HTTP/1.1 ");
  text.append(status).append("\r\nContent-Type: application/pkixcmp\r\n").append(fields);
  return text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
}

ScriptedServer::Script answer(std::string response) {
  return [response = std::move(response)](RawSocket& peer) {
    peer.receive_request();
    peer.send(response);
  };
}

TEST_CASE("W-01 a request is a POST of application/pkixcmp with its length") {
  std::string request;
  ScriptedServer server({[&](RawSocket& peer) {
    request = peer.receive_request();
    peer.send(response_of("answer"));
  }});
  auto client = client_of(server.url("/.well-known/cmp/p/device"));
  CHECK(client.exchange(bytes_of("hello")) == copy_of(bytes_of("answer")));
  server.finish();
  const auto host = server.url("").substr(std::string_view("http://").size());
  CHECK(request == "POST /.well-known/cmp/p/device HTTP/1.1\r\nHost: " + host +
                       "\r\nContent-Type: application/pkixcmp\r\nContent-Length: 5\r\n\r\nhello");
}

TEST_CASE("W-03 the path is that of the URL, the well-known one, or the one of the call") {
  const auto server = started([](const transport::Request& request) {
    return transport::Reply{200, "application/pkixcmp", copy_of(bytes_of(request.path)), {}};
  });
  CHECK(client_of(server.url()).exchange(bytes_of("x")) == copy_of(bytes_of("/.well-known/cmp")));
  auto client = client_of(server.url() + "/");
  CHECK(client.exchange(bytes_of("x")) == copy_of(bytes_of("/")));
  CHECK(client.post("/.well-known/cmp/p/x/pkcs10", bytes_of("x"))->body ==
        copy_of(bytes_of("/.well-known/cmp/p/x/pkcs10")));
  for (const std::string path : {"", "x", "/a b", "/a\r\nX: y", "/#"}) {
    const auto reply = client.post(path, bytes_of("x"));
    REQUIRE_FALSE(reply);
    CHECK(reply.error().kind == Kind::url);
  }
}

TEST_CASE("W-09 one connection serves many calls of a client") {
  ScriptedServer server({[](RawSocket& peer) {
    while (!peer.receive_request().empty()) peer.send(response_of("answer"));
  }});
  {
    auto client = client_of(server.url());
    for (int i = 0; i < 20; ++i) REQUIRE(client.exchange(bytes_of("x")));
  }
  CHECK(server.finish() == 1);
}

TEST_CASE("Messages of a megabyte go both ways") {
  const auto server = started(echo);
  const Octets message(1 << 20, 0xA5);
  auto client = client_of(server.url());
  CHECK(client.exchange(message) == message);
  CHECK(client.exchange(message) == message);
}

TEST_CASE("A client finds its server by name") {
  addrinfo* found = nullptr;
  if (getaddrinfo("localhost", nullptr, nullptr, &found) != 0) SKIP("this machine does not know the name localhost");
  freeaddrinfo(found);
  const auto server = started(echo);
  CHECK(client_of("http://localhost:" + std::to_string(server.port())).exchange(bytes_of("x")));
}

TEST_CASE("A client finds its server by IPv6 address") {
  transport::ServerOptions options;
  options.address = "::1";
  const auto v6 = transport::HttpServer::start(options, echo);
  if (!v6) SKIP("no IPv6 here: " << v6.error().text);
  CHECK(v6->url() == "http://[::1]:" + std::to_string(v6->port()));
  CHECK(client_of(v6->url()).exchange(bytes_of("x")));
}

TEST_CASE("W-02 W-06 W-11 each kind of answer is an answer or an error that says what came") {
  struct Row {
    std::string response;
    int status;
    std::string says;  // empty: no error
    Kind kind;
  };
  const std::string html = "Content-Type: text/html\r\nContent-Length: 5\r\n\r\n<bye>";
  const auto row = GENERATE_COPY(values<Row>({
      {response_of("m"), 200, "", {}},
      {response_of("m", "400 Bad Request"), 400, "", {}},
      {response_of("m", "500 Oh"), 500, "", {}},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Wait\r\n\r\n" + response_of("m"), 200, "", {}},
      {"HTTP/1.0 200 OK\r\nContent-Type: application/pkixcmp\r\n\r\nm", 200, "", {}},  // ends with the connection
      {"HTTP/1.1 200 OK\r\nContent-Type: application/pkixcmp\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nm\r\n0\r\n\r\n",
       200,
       "",
       {}},
      {"HTTP/1.1 301 Moved\r\nLocation: http://evil/\xC3\xA4\r\nContent-Length: 0\r\n\r\n", 301,
       "a redirection to \"http://evil/??\", which is not followed", Kind::redirect},
      {response_of("m", "302 Found"), 302, "which is not followed", Kind::redirect},
      {"HTTP/1.1 404 Not Found\r\n" + html, 404, "answered HTTP 404 without a CMP message (no CMP service",
       Kind::status},
      {"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", 503, "overloaded", Kind::status},
      {"HTTP/1.1 200 OK\r\n" + html, 200, "with the content type \"text/html\"", Kind::content_type},
      {"HTTP/1.1 101 Switching Protocols\r\n\r\n", 101, "not the status of an answer", Kind::protocol},
  }));
  CAPTURE(row.response);
  ScriptedServer server({answer(row.response)});
  auto client = client_of(server.url());
  const auto reply = client.post(bytes_of("x"));
  REQUIRE(reply.has_value() == row.says.empty());
  if (reply) {
    CHECK(reply->status == row.status);
    CHECK(reply->body == copy_of(bytes_of("m")));
  } else {
    CHECK(reply.error().kind == row.kind);
    CHECK(reply.error().http_status == row.status);
    CHECK_THAT(reply.error().text, ContainsSubstring(row.says) && ContainsSubstring(server.url()));
  }
}

TEST_CASE("W-11 an announcement is answered without content, a request is not") {
  const std::string created = "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n";
  ScriptedServer server({[&](RawSocket& peer) {
    for (int i = 0; i < 2; ++i) {
      peer.receive_request();
      peer.send(created);
    }
  }});
  auto client = client_of(server.url());
  const auto reply = client.post(bytes_of("x"));
  REQUIRE(reply);
  CHECK(reply->status == 201);
  CHECK(reply->body.empty());
  const auto message = client.exchange(bytes_of("x"));
  REQUIRE_FALSE(message);
  CHECK(message.error().kind == Kind::empty);
}

TEST_CASE("W-07 an answer that breaks off, or is none, is an error") {
  struct Row {
    std::string response;
    Kind kind;
    std::string says;
  };
  const auto row = GENERATE(values<Row>({
      {"", Kind::closed, "closed the connection without an answer"},
      {"HTTP/1.1 200", Kind::closed, "in the middle of its answer"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", Kind::closed, "in the middle of its answer"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhell", Kind::closed, "in the middle of its answer"},
      {"SSH-2.0-OpenSSH_9.2\r\n\r\n", Kind::protocol, "is not HTTP"},
      {"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", Kind::protocol, "is not HTTP"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1000001\r\n\r\n", Kind::too_large, "has more than 1000000 octets"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nf4241\r\n", Kind::too_large,
       "has more than 1000000 octets"},
      {"HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x'), Kind::protocol, "is not HTTP"},
  }));
  CAPTURE(row.response.substr(0, 80));
  ScriptedServer server({answer(row.response), answer(response_of("not asked for"))});
  ClientOptions options;
  options.max_response = 1'000'000;
  auto client = client_of(server.url(), options);
  const auto reply = client.post(bytes_of("x"));
  REQUIRE_FALSE(reply);
  CHECK(reply.error().kind == row.kind);
  CHECK_THAT(reply.error().text, ContainsSubstring(row.says) && ContainsSubstring(server.url()));
  CHECK(server.finish() == 1);  // a message sent on a new connection is never repeated
}

TEST_CASE("An answer cut at any octet is an error, never half an answer") {
  const auto whole = response_of("hello");
  std::vector<ScriptedServer::Script> scripts;
  for (std::size_t size = 0; size < whole.size(); ++size) scripts.push_back(answer(whole.substr(0, size)));
  ScriptedServer server(scripts);
  auto client = client_of(server.url());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    const auto reply = client.post(bytes_of("x"));
    REQUIRE_FALSE(reply);
    CHECK(reply.error().kind == Kind::closed);
  }
}

TEST_CASE("A server that stalls is given up at the deadline") {
  const auto begun = GENERATE(values<std::string>({"", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"}));
  std::latch given_up(1);
  ScriptedServer server({[&](RawSocket& peer) {
    peer.receive_request();
    peer.send(begun);
    given_up.wait();
  }});
  ClientOptions options;
  options.total_timeout = std::chrono::milliseconds(50);
  auto client = client_of(server.url(), options);
  const auto reply = client.post(bytes_of("x"));
  given_up.count_down();
  REQUIRE_FALSE(reply);
  CHECK(reply.error().kind == Kind::timeout);
  CHECK_THAT(reply.error().text, ContainsSubstring("no whole answer from " + server.url() + " within 50 ms"));
}

TEST_CASE("A server that does not read is given up at the deadline") {
  std::latch given_up(1);
  ScriptedServer server({[&](RawSocket&) { given_up.wait(); }});
  ClientOptions options;
  options.total_timeout = std::chrono::milliseconds(50);
  auto client = client_of(server.url(), options);
  const auto reply = client.post(Octets(64 << 20));
  given_up.count_down();
  REQUIRE_FALSE(reply);
  CHECK(reply.error().kind == Kind::timeout);
}

TEST_CASE("A refusal that comes before the message is read reaches the caller") {
  transport::ServerOptions options;
  options.max_body = 100;
  const auto server = started(echo, options);
  auto client = client_of(server.url());
  const auto reply = client.post(Octets(4 << 20));
  REQUIRE_FALSE(reply);
  CHECK(reply.error().http_status == 413);
}

TEST_CASE("The error says why there is no connection") {
  std::uint16_t unused_port = 0;
  {
    const auto server = started(echo);
    unused_port = server.port();
  }
  auto refused = client_of("http://127.0.0.1:" + std::to_string(unused_port)).post(bytes_of("x"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == Kind::connect);
  CHECK_THAT(refused.error().text,
             ContainsSubstring("cannot connect to http://127.0.0.1:") && ContainsSubstring("refused"));

  auto unknown = client_of("http://no..such.name").post(bytes_of("x"));  // not a name that anyone would be asked for
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().kind == Kind::resolve);
  CHECK_THAT(unknown.error().text, ContainsSubstring("no..such.name"));

  CHECK(HttpClient::create("https://host/").error().kind == Kind::url);
}

TEST_CASE("A message is sent again where a kept connection ends before anything of its answer") {
  std::string second;
  std::string repeated;
  ScriptedServer server({[&](RawSocket& peer) {
                           peer.receive_request();
                           peer.send(response_of("one"));
                           second = peer.receive_request();
                         },
                         [&](RawSocket& peer) {
                           repeated = peer.receive_request();
                           peer.send(response_of("two"));
                         }});
  auto client = client_of(server.url());
  CHECK(client.exchange(bytes_of("first")) == copy_of(bytes_of("one")));
  CHECK(client.exchange(bytes_of("second")) == copy_of(bytes_of("two")));
  CHECK(server.finish() == 2);
  CHECK(second.ends_with("second"));
  CHECK(repeated == second);
}

TEST_CASE("A message is sent again once only") {
  const auto read_and_close = [](RawSocket& peer) { peer.receive_request(); };
  ScriptedServer server({[](RawSocket& peer) {
                           peer.receive_request();
                           peer.send(response_of("one"));
                           peer.receive_request();
                         },
                         read_and_close, read_and_close});
  auto client = client_of(server.url());
  REQUIRE(client.exchange(bytes_of("x")));
  const auto reply = client.exchange(bytes_of("x"));
  REQUIRE_FALSE(reply);
  CHECK(reply.error().kind == Kind::closed);
  CHECK(server.finish() == 2);
}

TEST_CASE("A message is not sent again when its answer has begun") {
  const auto begun = GENERATE(values<std::string>({"H", "HTTP/1.1 2", "HTTP/1.1 100 Continue\r\n\r\n"}));
  CAPTURE(begun);
  ScriptedServer server({[&](RawSocket& peer) {
                           peer.receive_request();
                           peer.send(response_of("one"));
                           peer.receive_request();
                           peer.send(begun);
                         },
                         answer(response_of("not asked for"))});
  auto client = client_of(server.url());
  REQUIRE(client.exchange(bytes_of("x")));
  const auto reply = client.exchange(bytes_of("x"));
  REQUIRE_FALSE(reply);
  CHECK(reply.error().kind == Kind::closed);
  CHECK(server.finish() == 1);
}

TEST_CASE("A connection on which the server has said more than its answer is not used again") {
  ScriptedServer server({answer(response_of("one") + response_of("never asked for")), answer(response_of("two"))});
  auto client = client_of(server.url());
  CHECK(client.exchange(bytes_of("x")) == copy_of(bytes_of("one")));
  CHECK(client.exchange(bytes_of("x")) == copy_of(bytes_of("two")));
}

TEST_CASE("A server that is started anew is found again by the same client") {
  transport::ServerOptions options;
  auto server = started(echo, options);
  options.port = server.port();
  auto client = client_of(server.url());
  REQUIRE(client.exchange(bytes_of("before")));
  server.stop();
  const auto again = started(echo, options);
  CHECK(client.exchange(bytes_of("after")) == copy_of(bytes_of("after")));
}

}  // namespace
}  // namespace cmpkit::test
