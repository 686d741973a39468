#include "tools/listen_address.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

namespace cmpkit::tools {
namespace {

TEST_CASE("a listen address has a host and a port") {
  struct Row {
    const char* text;
    const char* host;
    int port;
  };
  const auto row = GENERATE(Row{"127.0.0.1:8080", "127.0.0.1", 8080}, Row{"0.0.0.0:0", "0.0.0.0", 0},
                            Row{"[::1]:65535", "::1", 65535}, Row{"[2001:db8::7]:80", "2001:db8::7", 80});
  const auto address = parse_listen_address(row.text);
  REQUIRE(address);
  CHECK(address->host == row.host);
  CHECK(address->port == row.port);
}

TEST_CASE("what is no listen address is refused") {
  const auto* text = GENERATE("", ":", "8080", "127.0.0.1", "127.0.0.1:", ":8080", "127.0.0.1:65536", "127.0.0.1:-1",
                              "127.0.0.1:80x", "::1:80", "[::1]", "[]:80", "[127.0.0.1]:80");
  CAPTURE(text);
  CHECK_FALSE(parse_listen_address(text));
}

}  // namespace
}  // namespace cmpkit::tools
