// Octets as text for people.
#pragma once

#include <string>

#include "cmpkit/octets.h"

namespace cmpkit::asn1 {

/// Two capital hexadecimal digits for each octet.
inline std::string hex(Bytes octets) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(octets.size() * 2);
  for (const std::uint8_t octet : octets) {
    out += digits[octet >> 4];
    out += digits[octet & 0x0F];
  }
  return out;
}

}  // namespace cmpkit::asn1
