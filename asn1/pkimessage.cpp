#include "cmpkit/asn1/pkimessage.h"

namespace cmpkit::asn1 {

namespace {

/// The header of a SEQUENCE with this many octets of content, at the end of `out`.
Bytes sequence_header(std::size_t length, std::array<std::uint8_t, 6>& out) {
  std::size_t at = out.size();
  std::uint8_t count = 0;
  std::size_t rest = length;
  do {
    out[--at] = static_cast<std::uint8_t>(rest & 0xFF);
    rest >>= 8;
    ++count;
  } while (rest != 0);
  if (length >= 0x80) out[--at] = static_cast<std::uint8_t>(0x80 | count);
  out[--at] = 0x30;
  return Bytes(out).subspan(at);
}

}  // namespace

const CertReqMessages* PKIBody::cert_requests() const {
  switch (type()) {
    case ir:
      return get<ir>();
    case cr:
      return get<cr>();
    case kur:
      return get<kur>();
    case krr:
      return get<krr>();
    case ccr:
      return get<ccr>();
    default:
      return nullptr;
  }
}

const CertRepMessage* PKIBody::cert_responses() const {
  switch (type()) {
    case ip:
      return get<ip>();
    case cp:
      return get<cp>();
    case kup:
      return get<kup>();
    case ccp:
      return get<ccp>();
    default:
      return nullptr;
  }
}

std::array<Bytes, 3> PKIMessage::protected_part(std::array<std::uint8_t, 6>& header_octets) const {
  const std::size_t length = header.octets.size() + body.octets.size();
  return {sequence_header(length, header_octets), header.octets, body.octets};
}

std::string_view name_of(PKIBody::Type type) { return type_of<PKIBody>().fields[type].name; }

}  // namespace cmpkit::asn1
