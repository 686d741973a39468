#include "cmp/message/encode_message.h"

#include <algorithm>

#include "cmp/message/fields.h"

namespace cmpkit::cmp {

namespace {

void append(Octets& out, Bytes octets) { out.insert(out.end(), octets.begin(), octets.end()); }

std::size_t tlv_size(std::size_t content) {
  Octets header;
  append_tlv_header(header, 0, content);
  return header.size() + content;
}

/// The protector's certificates, then the others; each once.
std::vector<Bytes> extra_certificates(const Protector& protector, std::span<const Bytes> others) {
  std::vector<Bytes> all;
  const auto add = [&](Bytes certificate) {
    const auto same = [&](Bytes other) { return same_octets(certificate, other); };
    if (std::none_of(all.begin(), all.end(), same)) all.push_back(certificate);
  };
  for (const Octets& certificate : protector.certificates()) add(certificate);
  for (const Bytes certificate : others) add(certificate);
  return all;
}

/// [1] EXPLICIT SEQUENCE OF CMPCertificate; nothing where there are none (SIZE (1..MAX)).
Octets encode_extra_certs(std::span<const Bytes> certificates) {
  Octets out;
  if (certificates.empty()) return out;
  std::size_t size = 0;
  for (const Bytes certificate : certificates) size += certificate.size();
  append_tlv_header(out, 0xA1, tlv_size(size));
  append_tlv_header(out, 0x30, size);
  for (const Bytes certificate : certificates) append(out, certificate);
  return out;
}

/// [0] EXPLICIT BIT STRING.
Octets encode_protection(Bytes value) {
  Octets out;
  append_tlv_header(out, 0xA0, tlv_size(value.size() + 1));
  append_tlv_header(out, 0x03, value.size() + 1);
  out.push_back(0);
  append(out, value);
  return out;
}

}  // namespace

CryptoResult<Octets> encode_message(asn1::PKIHeader header, const asn1::PKIBody& body, const Protector& protector,
                                    std::span<const Bytes> certificates) {
  return encode_message(std::move(header), Bytes(asn1::encode(body)), protector, certificates);
}

CryptoResult<Octets> encode_message(asn1::PKIHeader header, Bytes body, const Protector& protector,
                                    std::span<const Bytes> certificates) {
  protector.fill(header);
  const Octets header_der = asn1::encode(header);

  Octets prefix;  // of ProtectedPart
  append_tlv_header(prefix, 0x30, header_der.size() + body.size());
  const Bytes protected_part[] = {prefix, header_der, body};
  const auto value = protector.protect(protected_part);
  if (!value) return tl::unexpected(value.error());

  const Octets protection = encode_protection(*value);
  const Octets extra_certs = encode_extra_certs(extra_certificates(protector, certificates));
  const std::size_t size = header_der.size() + body.size() + protection.size() + extra_certs.size();
  Octets out;
  out.reserve(tlv_size(size));
  append_tlv_header(out, 0x30, size);
  append(out, header_der);
  append(out, body);
  append(out, protection);
  append(out, extra_certs);
  return out;
}

}  // namespace cmpkit::cmp
