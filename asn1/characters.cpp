#include "asn1/characters.h"

#include <algorithm>

namespace cmpkit::asn1 {

namespace {

bool is_printable(std::uint8_t c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return c != 0 && std::string_view(" '()+,-./:=?").find(static_cast<char>(c)) != std::string_view::npos;
}

/// The number of octets of the UTF-8 character at the front, or 0 where there is none (overlong forms, surrogates and
/// what lies above U+10FFFF are none, RFC 3629 Section 4).
std::size_t utf8_character(Bytes s) {
  const std::uint8_t a = s[0];
  if (a < 0x80) return 1;
  const std::size_t size = a >= 0xF0 ? 4 : a >= 0xE0 ? 3 : 2;
  if (a < 0xC2 || a > 0xF4 || s.size() < size) return 0;
  const std::uint8_t b = s[1];
  const std::uint8_t low = a == 0xE0 ? 0xA0 : a == 0xF0 ? 0x90 : 0x80;
  const std::uint8_t high = a == 0xED ? 0x9F : a == 0xF4 ? 0x8F : 0xBF;
  if (b < low || b > high) return 0;
  const auto is_continuation = [](std::uint8_t c) { return (c & 0xC0) == 0x80; };
  return std::all_of(s.begin() + 2, s.begin() + static_cast<std::ptrdiff_t>(size), is_continuation) ? size : 0;
}

bool is_utf8(Bytes s) {
  while (!s.empty()) {
    const std::size_t size = utf8_character(s);
    if (size == 0) return false;
    s = s.subspan(size);
  }
  return true;
}

}  // namespace

bool characters_allowed(std::uint8_t tag, Bytes octets) {
  const auto all = [&](auto allowed) { return std::all_of(octets.begin(), octets.end(), allowed); };
  switch (tag) {
    case 0x0C:
      return is_utf8(octets);
    case 0x13:
      return all(is_printable);
    case 0x16:
      return all([](std::uint8_t c) { return c < 0x80; });
    case 0x1A:
      return all([](std::uint8_t c) { return c >= 0x20 && c < 0x7F; });
    case 0x1C:
      return octets.size() % 4 == 0;
    case 0x1E:
      return octets.size() % 2 == 0;
    default:
      return true;  // TeletexString: any octets
  }
}

}  // namespace cmpkit::asn1
