// The leaves of every ASN.1 type, as C++ values. What holds octets or text holds a view into the octets that were
// decoded (or that the builder keeps alive until it has encoded); times, small integers and named bits are plain
// values.
#pragma once

#include <chrono>
#include <string_view>
#include <vector>

#include "cmpkit/asn1/error.h"
#include "cmpkit/asn1/oid.h"
#include "cmpkit/octets.h"

namespace cmpkit::asn1 {

// BOOLEAN is bool. INTEGER that fits is std::int64_t or an enum over it; decoding refuses a larger one.

/// INTEGER of any size (serial numbers, RSA moduli): its content octets, two's complement, minimal, big-endian.
struct Integer {
  Bytes octets;
  friend bool operator==(Integer a, Integer b) { return same_octets(a.octets, b.octets); }
};

struct Enumerated {
  std::int64_t value = 0;
  friend bool operator==(Enumerated, Enumerated) = default;
};

struct Null {
  friend bool operator==(Null, Null) = default;
};

/// OCTET STRING: its content octets.
using OctetString = Bytes;

/// BIT STRING: its octets, without the leading count of unused bits.
struct BitString {
  Bytes octets;
  std::uint8_t unused = 0;  // 0 to 7; the unused bits are zero (DER)
};

/// BIT STRING with named bits (KeyUsage, PKIFailureInfo): bit n of `bits` is the bit named n. DER drops trailing zero
/// bits. Bits without a name survive; more than 64 are refused.
struct NamedBits {
  std::uint64_t bits = 0;

  [[nodiscard]] constexpr bool has(unsigned n) const { return ((bits >> n) & 1U) != 0; }
  constexpr NamedBits& set(unsigned n) {
    bits |= std::uint64_t{1} << n;
    return *this;
  }
  friend bool operator==(NamedBits, NamedBits) = default;
};

/// A character string type, by its universal tag. Decoding checks the characters.
template <std::uint8_t Tag>
struct CharacterString {
  std::string_view text;
  friend bool operator==(CharacterString, CharacterString) = default;
};
using UTF8String = CharacterString<0x0C>;
using PrintableString = CharacterString<0x13>;
using TeletexString = CharacterString<0x14>;
using IA5String = CharacterString<0x16>;
using VisibleString = CharacterString<0x1A>;
using UniversalString = CharacterString<0x1C>;
using BMPString = CharacterString<0x1E>;

/// GeneralizedTime as RFC 5280 Section 4.1.2.5.2 has it: YYYYMMDDHHMMSSZ, no fraction.
struct GeneralizedTime {
  std::chrono::sys_seconds value{};
  friend bool operator==(GeneralizedTime, GeneralizedTime) = default;
};

/// UTCTime as RFC 5280 Section 4.1.2.5.1 has it: YYMMDDHHMMSSZ, years 1950 to 2049.
struct UTCTime {
  std::chrono::sys_seconds value{};
  friend bool operator==(UTCTime, UTCTime) = default;
};

/// ANY DEFINED BY: one whole TLV of definite, well-formed DER, as received.
struct Any {
  Bytes tlv;
};

namespace detail {

struct ParsedHex {
  std::array<std::uint8_t, 40> octets{};
  std::size_t size = 0;
};

consteval int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

consteval ParsedHex parse_hex(std::string_view text) {
  ParsedHex out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ' ') continue;
    out.octets[out.size++] = static_cast<std::uint8_t>(hex_digit(text[i]) * 16 + hex_digit(text[i + 1]));
    ++i;
  }
  return out;
}

template <Literal Hex>
inline constexpr ParsedHex parsed_hex = parse_hex(Hex.view());

}  // namespace detail

/// The constant TLV that the hexadecimal digits (capital) spell; its octets are static.
template <detail::Literal Hex>
inline constexpr Any any{Bytes(detail::parsed_hex<Hex>.octets.data(), detail::parsed_hex<Hex>.size)};

/// NULL, as parameters of an algorithm.
inline constexpr Any null_value = any<"05 00">;

/// A T that is kept as its received TLV and decoded when asked for. With `deep` the decoder checks it against T at
/// once; without, only that it is one TLV with T's tag.
template <class T, bool deep = false>
struct Encoded {
  Bytes tlv;

  /// The value; its views point into `tlv`. Without octets, a default T. Errors: those of asn1::decode.
  [[nodiscard]] Result<T> decode() const;

  friend bool operator==(const Encoded& a, const Encoded& b) { return same_octets(a.tlv, b.tlv); }
};

/// SEQUENCE SIZE (Min..MAX) OF T.
template <class T, std::size_t Min = 0>
struct SequenceOf : std::vector<T> {
  using std::vector<T>::vector;
};

/// SET SIZE (Min..MAX) OF T. Encoding sorts, decoding refuses what is not in DER order.
template <class T, std::size_t Min = 0>
struct SetOf : std::vector<T> {
  using std::vector<T>::vector;
};

}  // namespace cmpkit::asn1
