#include "cmpkit/asn1/error.h"

namespace cmpkit::asn1 {

std::string tag_name(std::uint8_t tag) {
  switch (tag) {
    case 0x01:
      return "BOOLEAN";
    case 0x02:
      return "INTEGER";
    case 0x03:
      return "BIT STRING";
    case 0x04:
      return "OCTET STRING";
    case 0x05:
      return "NULL";
    case 0x06:
      return "OBJECT IDENTIFIER";
    case 0x0A:
      return "ENUMERATED";
    case 0x0C:
      return "UTF8String";
    case 0x13:
      return "PrintableString";
    case 0x14:
      return "TeletexString";
    case 0x16:
      return "IA5String";
    case 0x17:
      return "UTCTime";
    case 0x18:
      return "GeneralizedTime";
    case 0x1A:
      return "VisibleString";
    case 0x1C:
      return "UniversalString";
    case 0x1E:
      return "BMPString";
    case 0x30:
      return "SEQUENCE";
    case 0x31:
      return "SET";
    default:
      break;
  }
  if ((tag & 0xC0) == 0x80) return std::string("[").append(std::to_string(tag & 0x1F)).append("]");
  constexpr char digits[] = "0123456789ABCDEF";
  return {'t', 'a', 'g', ' ', digits[tag >> 4], digits[tag & 0x0F]};
}

std::string Error::path() const {
  std::string out;
  for (std::size_t i = step_count; i-- > 0;) {
    if (steps[i].name.empty()) {
      out.append("[").append(std::to_string(steps[i].index)).append("]");
    } else {
      if (!out.empty()) out += '.';
      out += steps[i].name;
    }
  }
  return out;
}

std::string Error::text() const {
  const std::string wanted = expected.empty() ? tag_name(expected_tag) : std::string(expected);
  std::string got(found);
  if (found_tag == end_of_input)
    got = "the end";
  else if (found_tag >= 0)
    got = tag_name(static_cast<std::uint8_t>(found_tag));
  const std::string where = path();
  const std::string prefix = where.empty() ? "" : where + ": ";
  return prefix + "expected " + wanted + ", found " + got + " at offset " + std::to_string(offset);
}

}  // namespace cmpkit::asn1
