#include "asn1/leaf_text.h"

#include <cstring>

#include "asn1/hex.h"
#include "asn1/time.h"
#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::asn1 {

namespace {

/// The text without what could command a terminal: control characters are shown as \xNN. (Those above U+007F begin with
/// C2 in UTF-8.)
std::string harmless(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<std::uint8_t>(text[i]);
    const bool c1 = c == 0xC2 && i + 1 < text.size() && static_cast<std::uint8_t>(text[i + 1]) < 0xA0;
    if (c < 0x20 || c == 0x7F)
      out += "\\x" + hex(Bytes(&c, 1));
    else if (c1)
      out += "\\x" + hex(bytes_of(text.substr(++i, 1)));
    else
      out += text[i];
  }
  return out;
}

std::string string_text(const Type& type, std::string_view text) {
  const bool is_utf8 = type.tag == 0x0C || type.tag == 0x13 || type.tag == 0x16 || type.tag == 0x1A;
  return is_utf8 ? harmless(text) : hex(bytes_of(text));
}

std::string number_text(const Type& type, std::int64_t number) {
  for (const NamedNumber& named : type.numbers)
    if (named.number == number) return std::string(named.name) + " (" + std::to_string(number) + ")";
  return std::to_string(number);
}

std::string bits_text(const Type& type, NamedBits value) {
  std::string out;
  for (unsigned bit = 0; bit < 64; ++bit) {
    if (!value.has(bit)) continue;
    const auto named = std::find_if(type.numbers.begin(), type.numbers.end(),
                                    [&](const NamedNumber& n) { return n.number == static_cast<std::int64_t>(bit); });
    if (!out.empty()) out += ", ";
    out += named != type.numbers.end() ? std::string(named->name) : "bit " + std::to_string(bit);
  }
  return out.empty() ? "none" : out;
}

/// Small ones in decimal, others (serial numbers, moduli) in hexadecimal.
std::string integer_text(Bytes octets) {
  if (octets.size() > 4) return "0x" + hex(octets);
  std::int64_t value = !octets.empty() && octets[0] >= 0x80 ? -1 : 0;
  for (const std::uint8_t octet : octets) value = value * 256 + octet;
  return std::to_string(value);
}

std::string time_text(std::chrono::sys_seconds time) {
  char digits[generalized_time_size];
  format_generalized_time(time, digits);
  const std::string d(digits, sizeof digits);
  return d.substr(0, 4) + "-" + d.substr(4, 2) + "-" + d.substr(6, 2) + "T" + d.substr(8, 2) + ":" + d.substr(10, 2) +
         ":" + d.substr(12, 2) + "Z";
}

template <class T>
T load(const void* slot) {
  T value;
  std::memcpy(&value, slot, sizeof value);
  return value;
}

}  // namespace

Bytes leaf_octets(const Type& type, const void* slot) {
  switch (type.kind) {
    case Kind::octet_string:
    case Kind::encoded:
    case Kind::any:
    case Kind::bit_string:
      return *static_cast<const Bytes*>(slot);  // the first member of each
    default:
      return {};
  }
}

std::string leaf_text(const Type& type, const void* slot) {
  switch (type.kind) {
    case Kind::boolean:
      return *static_cast<const bool*>(slot) ? "TRUE" : "FALSE";
    case Kind::integer:
    case Kind::enumerated:
      return number_text(type, load<std::int64_t>(slot));
    case Kind::big_integer:
      return integer_text(static_cast<const Integer*>(slot)->octets);
    case Kind::named_bits:
      return bits_text(type, *static_cast<const NamedBits*>(slot));
    case Kind::null:
      return "NULL";
    case Kind::oid:
      return name_of(*static_cast<const Oid*>(slot));
    case Kind::character_string:
      return string_text(type, *static_cast<const std::string_view*>(slot));
    case Kind::utc_time:
    case Kind::generalized_time:
      return time_text(load<std::chrono::sys_seconds>(slot));
    case Kind::encoded:
      if (&type == &type_of<Name>()) return harmless(name_text(*static_cast<const Name*>(slot)));
      [[fallthrough]];
    default:
      return hex(leaf_octets(type, slot));
  }
}

}  // namespace cmpkit::asn1
