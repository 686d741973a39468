// OBJECT IDENTIFIER: a view of its content octets, and constants made by the compiler from dotted text.
#pragma once

#include <array>
#include <string>

#include "cmpkit/octets.h"

namespace cmpkit::asn1 {

/// An OBJECT IDENTIFIER as its content octets (no tag, no length). Does not own them.
struct Oid {
  Bytes octets;

  friend bool operator==(Oid a, Oid b) { return same_octets(a.octets, b.octets); }
  friend bool operator<(Oid a, Oid b) { return text_of(a.octets) < text_of(b.octets); }
};

/// `1.2.840.10045.2.1`. Arcs beyond 64 bits print as `?`.
std::string dotted(Oid oid);

namespace detail {

/// Text as a template argument.
template <std::size_t N>
struct Literal {
  char text[N]{};
  consteval Literal(const char (&s)[N]) {
    for (std::size_t i = 0; i < N; ++i) text[i] = s[i];
  }
  [[nodiscard]] constexpr std::string_view view() const { return {text, N - 1}; }
};

struct EncodedOid {
  std::array<std::uint8_t, 64> octets{};
  std::size_t size = 0;
};

consteval EncodedOid encode_oid(std::string_view text) {
  EncodedOid out;
  std::uint64_t arcs[32]{};
  std::size_t count = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || text[i] == '.')
      ++count;
    else
      arcs[count] = arcs[count] * 10 + static_cast<std::uint64_t>(text[i] - '0');
  }
  arcs[1] += arcs[0] * 40;
  for (std::size_t a = 1; a < count; ++a) {
    int groups = 1;
    for (std::uint64_t rest = arcs[a] >> 7; rest != 0; rest >>= 7) ++groups;
    for (int g = groups - 1; g >= 0; --g) {
      const auto bits = static_cast<std::uint8_t>((arcs[a] >> (7 * g)) & 0x7F);
      out.octets[out.size++] = static_cast<std::uint8_t>(bits | (g != 0 ? 0x80 : 0));
    }
  }
  return out;
}

template <Literal Text>
inline constexpr EncodedOid encoded_oid = encode_oid(Text.view());

}  // namespace detail

/// The constant `oid<"1.3.6.1.5.5.7.4.13">`; its octets are static.
template <detail::Literal Text>
inline constexpr Oid oid{Bytes(detail::encoded_oid<Text>.octets.data(), detail::encoded_oid<Text>.size)};

}  // namespace cmpkit::asn1
