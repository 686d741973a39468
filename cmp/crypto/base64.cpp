#include "cmp/crypto/base64.h"

namespace cmpkit::cmp {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

std::optional<Octets> decode_base64(std::string_view text) {
  Octets out;
  out.reserve(text.size() / 4 * 3);
  std::uint32_t group = 0;
  unsigned digits = 0, padding = 0;
  for (const char c : text) {
    if (is_space(c)) continue;
    const auto value = alphabet.find(c);
    if (c == '=')
      ++padding;
    else if (value == std::string_view::npos || padding != 0)
      return std::nullopt;
    group = group << 6U | (c == '=' ? 0U : static_cast<std::uint32_t>(value));
    if (++digits % 4 != 0) continue;
    for (unsigned i = 0; i + padding < 3; ++i) out.push_back(static_cast<std::uint8_t>(group >> (16U - 8U * i)));
    if (padding > 2) return std::nullopt;
    group = 0;
  }
  if (digits % 4 != 0 || (padding != 0 && out.size() % 3 == 0)) return std::nullopt;
  return out;
}

std::string encode_base64(Bytes octets) {
  std::string out;
  out.reserve((octets.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < octets.size(); i += 3) {
    const auto octet = [&](std::size_t k) { return i + k < octets.size() ? std::uint32_t{octets[i + k]} : 0U; };
    const auto group = octet(0) << 16U | octet(1) << 8U | octet(2);
    for (unsigned k = 0; k < 4; ++k) out += i + k <= octets.size() ? alphabet[group >> (18U - 6U * k) & 0x3FU] : '=';
  }
  return out;
}

}  // namespace cmpkit::cmp
