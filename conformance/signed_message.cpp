#include "conformance/signed_message.h"

#include "cmp/protection/mac_kind.h"
#include "cmpkit/asn1/names.h"

namespace cmpkit::conformance {

std::optional<cmp::CertificateView> extra_certificate(const asn1::PKIMessage& message, std::size_t place) {
  if (!message.extraCerts || message.extraCerts->size() <= place) return {};
  auto view = cmp::CertificateView::decode((*message.extraCerts)[place].tlv);
  return view ? std::optional(std::move(*view)) : std::nullopt;
}

Fault key_identifier(const asn1::PKIMessage& message) {
  const auto signer = extra_certificate(message, 0);
  if (!signer || signer->subject_key_id().empty()) return {};
  return message.header.senderKID && same_octets(*message.header.senderKID, signer->subject_key_id())
             ? Fault{}
             : "senderKID is not the SubjectKeyIdentifier of the first certificate in extraCerts";
}

Fault sender_is_subject(const asn1::PKIMessage& message) {
  const auto signer = extra_certificate(message, 0);
  const auto* name = message.header.sender.directory_name();
  if (name == nullptr) return "sender is no directoryName";
  return !signer || asn1::same_name(*name, signer->subject())
             ? Fault{}
             : "sender is not the subject of the first certificate in extraCerts";
}

Fault chain_in_order(const asn1::PKIMessage& message) {
  const auto signer = extra_certificate(message, 0);
  const auto next = extra_certificate(message, 1);
  if (!signer || !next || signer->is_self_issued()) return {};
  return asn1::same_name(signer->issuer(), next->subject())
             ? Fault{}
             : "the second certificate in extraCerts is not the issuer of the first";
}

bool is_same(const std::optional<asn1::OctetString>& a, const std::optional<asn1::OctetString>& b) {
  return a.has_value() == b.has_value() && (!a || same_octets(*a, *b));
}

bool is_mac(const asn1::PKIHeader& header) {
  return header.protectionAlg && cmp::is_mac_algorithm(header.protectionAlg->algorithm);
}

}  // namespace cmpkit::conformance
