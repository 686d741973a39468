#include "cmpkit/transport/handler.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmpkit/transport/in_process.h"

namespace cmpkit::transport {
namespace {

std::optional<Octets> echo(const Endpoint&, Bytes message) { return copy_of(message); }
std::optional<Octets> no_answer(const Endpoint&, Bytes) { return std::nullopt; }

Request post(std::string_view path, std::string_view body) { return {"POST", path, pkixcmp, bytes_of(body), "test"}; }

TEST_CASE("W-01 W-02 W-03 W-13 what is not CMP gets the status that says why") {
  struct Row {
    std::string method, path, content_type, body;
    int status;
  };
  const auto row = GENERATE(values<Row>({
      {"POST", "/.well-known/cmp", "application/pkixcmp", "x", 200},
      {"POST", "/.well-known/cmp/p/device/keyupdate", "application/pkixcmp", "x", 200},
      {"POST", "/", "application/pkixcmp", "x", 200},
      {"POST", "/", "Application/PKIXCMP ; charset=utf-8", "x", 200},
      {"POST", "/", "application/pkixcmp-poll", "x", 200},
      {"POST", "/", "", "x", 415},
      {"POST", "/", "application/pkixcmp2", "x", 415},
      {"POST", "/", "application/pkcs10", "x", 415},
      {"POST", "/", "application/pkixcmp", "", 400},
      {"GET", "/", "application/pkixcmp", "x", 405},
      {"post", "/", "application/pkixcmp", "x", 405},
      {"GET", "/elsewhere", "", "", 404},
      {"POST", "/.well-known/est", "application/pkixcmp", "x", 404},
      {"POST", "*", "application/pkixcmp", "x", 404},
  }));
  CAPTURE(row.method, row.path, row.content_type, row.body);
  const auto reply = cmp_handler(echo)({row.method, row.path, row.content_type, bytes_of(row.body), "test"});
  CHECK(reply.status == row.status);
  CHECK(reply.content_type == (row.status == 200 ? pkixcmp : ""));
  CHECK(text_of(reply.body) == (row.status == 200 ? row.body : ""));
  CHECK(reply.allow == (row.status == 405 ? "POST" : ""));
}

TEST_CASE("W-13 a responder without a CMP answer gives 400") {
  CHECK(cmp_handler(no_answer)(post("/", "x")).status == 400);
}

TEST_CASE("The responder is told what the path says") {
  Endpoint seen;
  const auto handler = cmp_handler(
      [&](const Endpoint& endpoint, Bytes) {
        seen = endpoint;
        return Octets{1};
      },
      {"/a", "/b"});
  CHECK(handler(post("/b/p/x/pkcs10", "m")).status == 200);
  CHECK(seen == Endpoint{Operation::pkcs10, "x"});
  CHECK(handler(post("/", "m")).status == 404);
}

TEST_CASE("A channel in process answers as one over HTTP does") {
  CHECK(InProcess(cmp_handler(echo)).exchange(bytes_of("hello")) == copy_of(bytes_of("hello")));

  struct Row {
    Reply reply;
    TransportError::Kind kind;
  };
  const Octets body{1};
  const auto row = GENERATE_REF(values<Row>({
      {{200, "application/pkixcmp", {}, {}}, TransportError::Kind::empty},
      {{201, "", {}, {}}, TransportError::Kind::empty},
      {{200, "text/html", body, {}}, TransportError::Kind::content_type},
      {{200, "", body, {}}, TransportError::Kind::content_type},
      {{302, "application/pkixcmp", body, {}}, TransportError::Kind::redirect},
      {{404, "", {}, {}}, TransportError::Kind::status},
      {{500, "application/pkixcmp", {}, {}}, TransportError::Kind::status},
      {{503, "text/plain", body, {}}, TransportError::Kind::status},
      {{600, "application/pkixcmp", body, {}}, TransportError::Kind::protocol},
  }));
  CAPTURE(row.reply.status, row.reply.content_type);
  InProcess channel([&](const Request&) { return row.reply; });
  const auto answer = channel.exchange(bytes_of("x"));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == row.kind);
  CHECK(answer.error().http_status == row.reply.status);
}

TEST_CASE("W-02 a PKIMessage in a 4xx or 5xx is an answer") {
  const int status = GENERATE(200, 400, 404, 500, 503);
  InProcess channel(
      [&](const Request& request) { return Reply{status, std::string(pkixcmp), copy_of(request.body), {}}; });
  CHECK(channel.exchange(bytes_of("error message")) == copy_of(bytes_of("error message")));
}

}  // namespace
}  // namespace cmpkit::transport
