#include "asn1/leaf_pool.h"

#include <algorithm>
#include <cstring>

#include "cmpkit/asn1/oids.h"

namespace cmpkit::asn1 {

namespace {

constexpr std::int64_t integers[] = {0, 1, 2, -1, 127, 128, -128, -129, 255, 65536, 0x7FFFFFFF, INT64_MAX, INT64_MIN};

constexpr Any octet_strings[] = {
    any<"00">,
    any<"FF">,
    any<"0000">,
    any<"30 03 02 01 00">,
    any<"A1 B2 C3 D4">,
    any<"00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F">,
    any<"FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF">,
};
constexpr Any integer_octets[] = {
    any<"00">, any<"01">, any<"FF">, any<"7F">, any<"00 FF">, any<"80 00">, any<"00 FF FF FF FF FF FF FF FF FF">};
constexpr Any unknown_values[] = {any<"05 00">,    any<"30 00">,    any<"02 01 05">,
                                  any<"0C 01 78">, any<"06 01 2A">, any<"A0 02 05 00">};
constexpr Any encoded_values[] = {any<"30 00">, any<"30 0C 31 0A 30 08 06 03 55 04 03 0C 01 78">};  // NULL-DN, CN=x
constexpr std::string_view texts[] = {"x", "EN", "profile1", "a longer text of some forty characters in all"};
constexpr std::int64_t times[] = {0, 1, -1, 951782400, 1767225600, 2524607999};  // until the end of 2049

template <class Pool>
const auto& one_of(const Pool& pool, const Choose& choose) {
  return pool[choose(std::size(pool))];
}

void put_integer(void* slot, const Field* field, const Choose& choose) {
  std::int64_t value = one_of(integers, choose);
  if (field != nullptr && field->ranged) value = std::clamp(value, field->min, field->max);
  std::memcpy(slot, &value, sizeof value);
}

/// Octets of a size that the field allows: all sizes, or 8, which lies in each of our ranges but that of 4.
Bytes sized(Bytes octets, const Field* field) {
  static constexpr Any eight = any<"01 02 03 04 05 06 07 08">;
  if (field == nullptr || !field->ranged) return octets;
  const auto size = static_cast<std::int64_t>(octets.size());
  if (size >= field->min && size <= field->max) return octets;
  return eight.tlv.first(std::min(eight.tlv.size(), static_cast<std::size_t>(field->max)));
}

constexpr bool is_wide(std::uint8_t tag) { return tag == 0x1C || tag == 0x1E; }  // UniversalString, BMPString

std::string_view text_for(const Type& type, const Choose& choose) {
  static constexpr Any wide_text = any<"00 00 00 78">;
  return is_wide(type.tag) ? text_of(wide_text.tlv) : one_of(texts, choose);
}

}  // namespace

void replace_leaf(const Type& type, void* slot, const Field* field, const Choose& choose) {
  switch (type.kind) {
    case Kind::boolean:
      *static_cast<bool*>(slot) = !*static_cast<bool*>(slot);
      break;
    case Kind::integer:
    case Kind::enumerated:
      put_integer(slot, field, choose);
      break;
    case Kind::big_integer:
      static_cast<Integer*>(slot)->octets = one_of(integer_octets, choose).tlv;
      break;
    case Kind::bit_string:
      *static_cast<BitString*>(slot) = {one_of(octet_strings, choose).tlv, 0};
      break;
    case Kind::named_bits:
      static_cast<NamedBits*>(slot)->bits ^= std::uint64_t{1} << choose(64);
      break;
    case Kind::octet_string:
      *static_cast<Bytes*>(slot) = sized(one_of(octet_strings, choose).tlv, field);
      break;
    case Kind::oid:
      *static_cast<Oid*>(slot) = one_of(known_oids(), choose);
      break;
    case Kind::character_string:
      *static_cast<std::string_view*>(slot) = text_for(type, choose);
      break;
    case Kind::utc_time:
    case Kind::generalized_time: {
      const std::chrono::sys_seconds time{std::chrono::seconds{one_of(times, choose)}};
      std::memcpy(slot, &time, sizeof time);
      break;
    }
    case Kind::any:
      static_cast<Any*>(slot)->tlv = one_of(unknown_values, choose).tlv;
      break;
    case Kind::encoded:
      *static_cast<Bytes*>(slot) = one_of(encoded_values, choose).tlv;
      break;
    default:
      break;  // NULL
  }
}

}  // namespace cmpkit::asn1
