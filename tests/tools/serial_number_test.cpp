#include "tools/serial_number.h"

#include <catch2/catch_test_macros.hpp>

namespace cmpkit::tools {
namespace {

TEST_CASE("a serial number is read from its hexadecimal digits") {
  CHECK(parse_serial_number("5F0A") == Octets{0x5F, 0x0A});
  CHECK(parse_serial_number("0x5f0a") == Octets{0x5F, 0x0A});
  CHECK(parse_serial_number("F0A") == Octets{0x0F, 0x0A});
  CHECK(parse_serial_number("8A") == Octets{0x00, 0x8A});    // a positive INTEGER
  CHECK(parse_serial_number("008A") == Octets{0x00, 0x8A});  // as we print it
  for (const char* none : {"", "0x", "5G", "-1", " 1", "1 "}) CHECK_FALSE(parse_serial_number(none));
}

}  // namespace
}  // namespace cmpkit::tools
