#include "cmpkit/asn1/body_type.h"

#include "asn1/tlv.h"

namespace cmpkit::asn1 {

std::optional<PKIBody::Type> body_type(Bytes message) {
  Tlv whole, header;
  if (read_header(message, whole) != nullptr) return {};
  const Bytes content = message.subspan(whole.header, whole.content);
  if (read_header(content, header) != nullptr || content.size() == header.size()) return {};
  constexpr std::uint8_t first_tag = 0xA0;  // [0] EXPLICIT
  const unsigned number = content[header.size()] - unsigned{first_tag};
  if (number > PKIBody::pollRep) return {};
  return static_cast<PKIBody::Type>(number);
}

}  // namespace cmpkit::asn1
