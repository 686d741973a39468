// Octets as hexadecimal text, for vectors.
#pragma once

#include <string_view>

#include "cmpkit/octets.h"

namespace cmpkit::test {

/// White space between octets is passed over.
inline Octets hex(std::string_view text) {
  Octets out;
  const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == ' ' || text[i] == '\n') {
      ++i;
      continue;
    }
    out.push_back(static_cast<std::uint8_t>(digit(text[i]) * 16 + digit(text[i + 1])));
    i += 2;
  }
  return out;
}

}  // namespace cmpkit::test
