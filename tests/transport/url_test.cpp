#include "cmpkit/transport/url.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

namespace cmpkit::transport {
namespace {

TEST_CASE("A URL is taken apart and put together again") {
  struct Row {
    std::string url, host;
    std::uint16_t port;
    std::string path, text;
  };
  const auto row = GENERATE(values<Row>({
      {"http://ca.example.com", "ca.example.com", 80, "", "http://ca.example.com"},
      {"HTTP://ca.example.com:80/", "ca.example.com", 80, "/", "http://ca.example.com/"},
      {"http://192.0.2.1:8080/.well-known/cmp", "192.0.2.1", 8080, "/.well-known/cmp",
       "http://192.0.2.1:8080/.well-known/cmp"},
      {"http://[2001:db8::1]/x", "2001:db8::1", 80, "/x", "http://[2001:db8::1]/x"},
      {"http://[::1]:65535", "::1", 65535, "", "http://[::1]:65535"},
      {"http://my_host:1/a?b=c", "my_host", 1, "/a?b=c", "http://my_host:1/a?b=c"},
      {"http://host:/a", "host", 80, "/a", "http://host/a"},  // RFC 3986 Section 3.2.3: an empty port is the default
  }));
  CAPTURE(row.url);
  const auto url = parse_url(row.url);
  REQUIRE(url);
  CHECK(url->host == row.host);
  CHECK(url->port == row.port);
  CHECK(url->path == row.path);
  CHECK(url->text() == row.text);
}

TEST_CASE("The error of a URL says what is wrong with it") {
  struct Row {
    std::string url, says;
  };
  const auto row = GENERATE(values<Row>({
      {"", "must begin with http://"},
      {"ca.example.com:80/x", "must begin with http://"},
      {"coap://host", "must begin with http://"},
      {"https://host/", "https is not supported yet"},
      {"http://", "no host"},
      {"http:///path", "no host"},
      {"http://:80", "no host"},
      {"http://ho st/", "no host"},
      {"http://-x/", "no host"},
      {"http://::1/", "no host"},
      {"http://[::1/", "no host"},
      {"http://[::1]8/", "no host"},
      {"http://[]/", "no host"},
      {"http://[host]/", "no host"},
      {"http://[fe80::1%25eth0]/", "no host"},
      {"http://host:0/", "port"},
      {"http://host:65536/", "port"},
      {"http://host:-1/", "port"},
      {"http://host:8o/", "port"},
      {"http://1:2:3/", "port"},
      {"http://user:secret@host/", "user names"},
      {"http://host/#top", "fragment"},
      {"http://host?x", "query"},
      {"http://host/a b", "percent-encoded"},
      {"http://host/a\r\nX-Evil: 1", "percent-encoded"},
      {"http://host/\xC3\xA4", "percent-encoded"},
  }));
  CAPTURE(row.url);
  const auto url = parse_url(row.url);
  REQUIRE_FALSE(url);
  CHECK(url.error().kind == TransportError::Kind::url);
  CHECK_THAT(url.error().text, Catch::Matchers::ContainsSubstring(row.says));
  CHECK_THAT(url.error().text, !Catch::Matchers::ContainsSubstring("secret"));
  CHECK(url.error().text.find('\n') == std::string::npos);
}

}  // namespace
}  // namespace cmpkit::transport
