#include "transport/percent.h"

#include <cstddef>
#include <cstdint>

namespace cmpkit::transport {
namespace {

constexpr std::string_view hex_digits = "0123456789ABCDEF";

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool is_unreserved(char c) { return is_alphanumeric(c) || std::string_view("-._~").find(c) != std::string_view::npos; }

// pchar of RFC 3986 Section 3.3, without pct-encoded.
bool is_segment_character(char c) {
  return is_unreserved(c) || std::string_view("!$&'()*+,;=:@").find(c) != std::string_view::npos;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// The octets of the UTF-8 sequence that `first` begins, and the range of its second octet (RFC 3629 Section 4).
struct Utf8Sequence {
  std::size_t size = 0;  // 0: no sequence begins so
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xBF;
};

Utf8Sequence utf8_sequence(std::uint8_t first) {
  if (first < 0x80) return {1};
  if (first < 0xC2 || first > 0xF4) return {0};
  if (first < 0xE0) return {2};
  if (first == 0xE0) return {3, 0xA0, 0xBF};
  if (first == 0xED) return {3, 0x80, 0x9F};
  if (first < 0xF0) return {3};
  if (first == 0xF0) return {4, 0x90, 0xBF};
  if (first == 0xF4) return {4, 0x80, 0x8F};
  return {4};
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view segment) {
  std::string octets;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    if (segment[i] != '%') {
      if (!is_segment_character(segment[i])) return std::nullopt;
      octets += segment[i];
      continue;
    }
    if (i + 2 >= segment.size()) return std::nullopt;
    const int high = hex_value(segment[i + 1]);
    const int low = hex_value(segment[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    octets += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return octets;
}

std::string percent_encoded(std::string_view octets) {
  std::string segment;
  for (const char c : octets) {
    if (is_unreserved(c)) {
      segment += c;
      continue;
    }
    const auto octet = static_cast<std::uint8_t>(c);
    segment += '%';
    segment += hex_digits[octet >> 4];
    segment += hex_digits[octet & 0x0F];
  }
  return segment;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto octet = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const auto sequence = utf8_sequence(octet(0));
    if (sequence.size == 0 || sequence.size > text.size()) return false;
    for (std::size_t i = 1; i < sequence.size; ++i) {
      const auto low = i == 1 ? sequence.low : std::uint8_t{0x80};
      const auto high = i == 1 ? sequence.high : std::uint8_t{0xBF};
      if (octet(i) < low || octet(i) > high) return false;
    }
    text.remove_prefix(sequence.size);
  }
  return true;
}

}  // namespace cmpkit::transport
