#include "transport/response_parser.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

namespace cmpkit::transport {
namespace {

using State = ResponseParser::State;

// What is left after the parser has seen the text in pieces of this size, as a connection would give it.
std::string feed_in_pieces(ResponseParser& parser, const std::string& text, std::size_t size) {
  std::string pending;
  for (std::size_t at = 0; at < text.size(); at += size) {
    pending += text.substr(at, size);
    pending.erase(0, parser.feed(bytes_of(pending)));
  }
  return pending;
}

TEST_CASE("A response is the same in whatever pieces it comes") {
  struct Row {
    std::string text, body, rest;
  };
  const std::string chunked = "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nTransfer-Encoding: chunked\r\n\r\n";
  const auto row = GENERATE_COPY(values<Row>({
      {"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 5\r\n\r\nhelloHTTP", "hello", "HTTP"},
      {chunked + "2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nX: y\r\n\r\nHTTP", "hello", "HTTP"},
      {chunked + "0\r\n\r\n", "", ""},  // in pieces an assertion of Beast 1.81
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + chunked + "1\r\nm\r\n0\r\n\r\n",
       "m", ""},
  }));
  const auto size = GENERATE(std::size_t{1}, 2, 3, 7, 1000);
  CAPTURE(row.text, size);
  ResponseParser parser(100);
  CHECK_FALSE(parser.begun());
  CHECK(feed_in_pieces(parser, row.text, size) == row.rest);
  REQUIRE(parser.state() == State::complete);
  CHECK(parser.begun());
  CHECK(parser.status() == 200);
  CHECK(parser.content_type() == "a/b");
  CHECK(parser.keep_alive());
  CHECK(text_of(parser.take_body()) == row.body);
}

TEST_CASE("A response without a length ends with its connection") {
  ResponseParser parser(100);
  parser.feed(bytes_of("HTTP/1.1 200 OK\r\n\r\nhello"));
  CHECK(parser.state() == State::reading);
  parser.end();
  REQUIRE(parser.state() == State::complete);
  CHECK_FALSE(parser.keep_alive());
  CHECK(text_of(parser.take_body()) == "hello");
}

TEST_CASE("A response that is none, breaks off or is too large is said to be so") {
  struct Row {
    std::string text;
    State state;
  };
  const auto row = GENERATE(values<Row>({
      {"", State::ended},
      {"HTTP/1.1 200 OK\r\n", State::ended},
      {"HTTP/1.1 100 Continue\r\n\r\n", State::ended},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", State::ended},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", State::ended},
      {"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", State::too_large},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\nx", State::too_large},
      {"HTTP/1.1 200 OK\r\n\r\n" + std::string(101, 'x'), State::too_large},
      {"220 smtp.example.com ESMTP\r\n\r\n", State::not_http},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n", State::not_http},
      {"HTTP/1.1 200 OK\r\nX: " + std::string(10'000, 'x'), State::not_http},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(10'000, 'x'), State::not_http},
  }));
  const auto size = GENERATE(std::size_t{1}, 1 << 20);
  CAPTURE(row.text, size);
  ResponseParser parser(100);
  feed_in_pieces(parser, row.text, size);
  parser.end();
  CHECK(parser.state() == row.state);
  CHECK(parser.begun() == !row.text.empty());
}

}  // namespace
}  // namespace cmpkit::transport
