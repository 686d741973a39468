#include "cmp/message/fields.h"

#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {

const asn1::InfoTypeAndValue* find_info(const asn1::PKIHeader& header, asn1::Oid type) {
  if (!header.generalInfo) return nullptr;
  for (const auto& item : *header.generalInfo)
    if (item.infoType == type) return &item;
  return nullptr;
}

bool asks_implicit_confirm(const asn1::PKIHeader& header) {
  return find_info(header, asn1::id_it_implicitConfirm) != nullptr;
}

std::string profile_of(const asn1::PKIHeader& header, std::size_t index) {
  const auto* item = find_info(header, asn1::id_it_certProfile);
  if (item == nullptr || !item->infoValue) return {};
  const auto names = asn1::decode<asn1::CertProfileValue>(item->infoValue->tlv);
  return names && index < names->size() ? std::string((*names)[index].text) : std::string();
}

void append_tlv_header(Octets& out, std::uint8_t tag, std::size_t length) {
  out.push_back(tag);
  if (length < 0x80) {
    out.push_back(static_cast<std::uint8_t>(length));
    return;
  }
  std::size_t count = 0;
  for (std::size_t rest = length; rest != 0; rest >>= 8) ++count;
  out.push_back(static_cast<std::uint8_t>(0x80 | count));
  for (std::size_t i = count; i-- > 0;) out.push_back(static_cast<std::uint8_t>(length >> (8 * i)));
}

Octets name_of_common_name(Bytes text) {
  const asn1::DirectoryString value{{asn1::UTF8String{text_of(text)}}};
  const Octets encoded_value = asn1::encode(value);
  asn1::RDNSequence rdns(1);
  rdns[0].push_back({asn1::id_at_commonName, {encoded_value}});
  Octets name = asn1::encode(rdns);
  return asn1::decode<asn1::RDNSequence>(name) && asn1::decode<asn1::DirectoryString>(encoded_value)
             ? name
             : copy_of(asn1::null_dn.tlv);
}

}  // namespace cmpkit::cmp
