#include "transport/request_parser.h"

#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

namespace cmpkit::transport {
namespace {

constexpr RequestLimits limits{1024, 4096};
using State = RequestParser::State;

// What is left after the parser has seen the text in pieces of this size, as a connection would give it.
std::string feed_in_pieces(RequestParser& parser, const std::string& text, std::size_t size) {
  std::string pending;
  for (std::size_t at = 0; at < text.size(); at += size) {
    pending += text.substr(at, size);
    pending.erase(0, parser.feed(bytes_of(pending)));
  }
  return pending;
}

const std::string sized =
    "POST /a HTTP/1.1\r\nHost: x\r\nContent-Type: application/pkixcmp\r\nContent-Length: 5\r\n\r\nhello";
const std::string chunked =
    "POST /a HTTP/1.1\r\nHost: x\r\nContent-Type: application/pkixcmp\r\nTransfer-Encoding: chunked\r\n\r\n"
    "2;note=\"x\"\r\nhe\r\n3\r\nllo\r\n0\r\nContent-Type: text/html\r\n\r\n";

TEST_CASE("A request is the same in whatever pieces it comes") {
  const auto text = GENERATE(sized, chunked, "\r\n" + sized);
  const auto size = GENERATE(std::size_t{1}, 2, 3, 7, 1000);
  CAPTURE(text, size);
  RequestParser parser(limits);
  const auto rest = feed_in_pieces(parser, text + "POST /next", size);
  REQUIRE(parser.state() == State::complete);
  CHECK(rest == "POST /next");
  const auto request = parser.request("peer");
  CHECK(request.method == "POST");
  CHECK(request.path == "/a");
  CHECK(request.content_type == "application/pkixcmp");  // of the head, whatever a trailer says
  CHECK(text_of(request.body) == "hello");
  CHECK(request.peer == "peer");
  CHECK(parser.keep_alive());
}

TEST_CASE("A chunked body without a chunk may come octet by octet") {  // an assertion of Beast 1.81
  RequestParser parser(limits);
  feed_in_pieces(parser, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 1);
  REQUIRE(parser.state() == State::complete);
  CHECK(parser.request("").body.empty());
}

TEST_CASE("A part of a request waits for the rest") {
  const auto text = GENERATE(sized, chunked);
  for (std::size_t size = 0; size < text.size(); ++size) {
    RequestParser parser(limits);
    parser.feed(bytes_of(text).first(size));
    CAPTURE(size);
    const bool in_head = size < text.find("\r\n\r\n") + 4;
    CHECK(parser.state() == (in_head ? State::head : State::body));
  }
}

TEST_CASE("The target may be a path or a whole URL") {
  struct Row {
    std::string target, path;
  };
  const auto row = GENERATE(values<Row>({
      {"/a/b?c", "/a/b?c"},
      {"http://host:80/a", "/a"},
      {"http://host", "/"},
      {"/http://host/a", "/http://host/a"},
      {"*", "*"},
  }));
  RequestParser parser(limits);
  parser.feed(bytes_of("GET " + row.target + " HTTP/1.1\r\nHost: host\r\n\r\n"));
  REQUIRE(parser.state() == State::complete);
  CHECK(parser.request("").path == row.path);
}

TEST_CASE("What is not HTTP, or not allowed, is refused with the status that says why") {
  struct Row {
    std::string text;
    int status;
  };
  const std::string post = "POST / HTTP/1.1\r\nHost: x\r\n";
  const auto row = GENERATE_COPY(values<Row>({
      {"\x16\x03\x01\x02\x01\x01", 400},  // a TLS client
      {"GET\r\n\r\n", 400},
      {"P\x01ST / HTTP/1.1\r\n\r\n", 400},
      {"POST / HTTP/2.0\r\nHost: x\r\n\r\n", 505},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx", 400},  // no Host
      {post + "Host: y\r\nContent-Length: 1\r\n\r\nx", 400},
      {post + "Content-Length: 1\r\nContent-Type: a/b\r\nContent-Type: c/d\r\n\r\nx", 400},
      {post + "\r\n", 411},
      {post + "Content-Length: -1\r\n\r\n", 400},
      {post + "Content-Length: 1x\r\n\r\n", 400},
      {post + "Content-Length: 99999999999999999999\r\n\r\n", 400},
      {post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nx", 400},
      {post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},  // request smuggling
      {post + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: gzip\r\n\r\n", 501},
      {post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400},
      {post + "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n", 400},
      {post + "Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", 400},
      {post + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", 413},
      {post + "Content-Length: 4097\r\n\r\n", 413},
      {post + "Transfer-Encoding: chunked\r\n\r\n800\r\n" + std::string(2048, 'x') + "\r\n801\r\n", 413},
      {post + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(8192, 'x'), 400},
      {post + "Expect: miracles\r\nContent-Length: 1\r\n\r\n", 417},
      {post + "X: " + std::string(1024, 'x'), 431},
      {"POST /" + std::string(1024, 'x'), 431},
  }));
  const auto size = GENERATE(std::size_t{1}, 1 << 20);
  CAPTURE(row.text, size);
  RequestParser parser(limits);
  feed_in_pieces(parser, row.text, size);
  REQUIRE(parser.state() == State::refused);
  CHECK(parser.refusal() == row.status);
  CHECK(parser.feed(bytes_of(sized)) == 0);
}

TEST_CASE("A head as large as allowed is taken, one octet more is refused, in whatever pieces it comes") {
  const auto size = GENERATE(std::size_t{1}, 1 << 20);
  const auto excess = GENERATE(std::size_t{0}, 1);
  const std::string begin = "GET / HTTP/1.1\r\nHost: x\r\nX: ";
  const auto head = begin + std::string(limits.header - begin.size() - 4 + excess, 'x') + "\r\n\r\n";
  RequestParser parser(limits);
  feed_in_pieces(parser, head, size);
  CHECK(parser.state() == (excess == 0 ? State::complete : State::refused));
  if (excess != 0) CHECK(parser.refusal() == 431);
}

TEST_CASE("Content as large as allowed is taken") {
  RequestParser parser(limits);
  parser.feed(bytes_of("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4096\r\n\r\n" + std::string(4096, 'x')));
  REQUIRE(parser.state() == State::complete);
  CHECK(parser.request("").body.size() == 4096);
}

TEST_CASE("A connection is kept as RFC 9112 Section 9.3 says") {
  struct Row {
    std::string version, field;
    bool kept;
  };
  const auto row = GENERATE(values<Row>({
      {"1.1", "", true},
      {"1.1", "Connection: close\r\n", false},
      {"1.1", "Connection: TE, Close\r\n", false},
      {"1.0", "", false},
      {"1.0", "Connection: keep-alive\r\n", true},
  }));
  CAPTURE(row.version, row.field);
  RequestParser parser(limits);
  parser.feed(bytes_of("GET / HTTP/" + row.version + "\r\nHost: x\r\n" + row.field + "\r\n"));
  REQUIRE(parser.state() == State::complete);
  CHECK(parser.keep_alive() == row.kept);
}

TEST_CASE("A client that asks first is told to go on, but not one of HTTP/1.0") {
  const auto version = GENERATE(values<std::string>({"1.0", "1.1"}));
  RequestParser parser(limits);
  parser.feed(bytes_of("POST / HTTP/" + version + "\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n"));
  CHECK(parser.state() == State::body);
  CHECK(parser.wants_continue() == (version == "1.1"));
}

}  // namespace
}  // namespace cmpkit::transport
