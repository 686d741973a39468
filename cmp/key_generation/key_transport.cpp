// KeyTransRecipientInfo (RFC 9483 Section 4.1.6.1, RFC 5652 Section 6.2.1).
#include "cmp/crypto/key_management_algorithms.h"
#include "cmp/key_generation/recipient.h"
#include "cmpkit/asn1/names.h"

namespace cmpkit::cmp {

using asn1::RecipientIdentifier;

RecipientIdentifier recipient_identifier(const CertificateView& certificate) {
  RecipientIdentifier out;
  if (const Bytes id = certificate.subject_key_id(); !id.empty())
    out.value.emplace<RecipientIdentifier::subjectKeyIdentifier>(id);
  else
    out.value.emplace<RecipientIdentifier::issuerAndSerialNumber>(
        asn1::IssuerAndSerialNumber{certificate.issuer(), certificate.serial()});
  return out;
}

bool names(const RecipientIdentifier& identifier, const CertificateView& certificate) {
  if (const auto* id = std::get_if<RecipientIdentifier::subjectKeyIdentifier>(&identifier.value))
    return !id->empty() && same_octets(*id, certificate.subject_key_id());
  const auto& issued = std::get<RecipientIdentifier::issuerAndSerialNumber>(identifier.value);
  return asn1::same_name(issued.issuer, certificate.issuer()) && issued.serialNumber == certificate.serial();
}

CryptoResult<asn1::RecipientInfo> transport_recipient(Bytes key, const CertificateRecipient& recipient,
                                                      const Environment& environment, asn1::Storage& storage) {
  auto encrypted =
      environment.crypto.key_management().transport(recipient.transport, recipient.certificate.public_key(), key);
  if (!encrypted) return tl::unexpected(encrypted.error());
  asn1::RecipientInfo out;
  auto& info = out.value.emplace<asn1::RecipientInfo::ktri>();
  info.rid = recipient_identifier(recipient.certificate);  // G-07
  const bool by_key_id = info.rid.value.index() == RecipientIdentifier::subjectKeyIdentifier;
  info.version = by_key_id ? 2 : 0;  // D-8: RFC 5652 Section 6.2.1
  info.keyEncryptionAlgorithm =
      asn1::decode<asn1::AlgorithmIdentifier>(storage.keep(identifier_of(recipient.transport))).value();
  info.encryptedKey = storage.keep(std::move(*encrypted));
  return out;
}

Checked<SecretOctets> open_recipient(const asn1::KeyTransRecipientInfo& info, const CertificateOpener& opener,
                                     std::size_t size) {
  const bool by_key_id = info.rid.value.index() == RecipientIdentifier::subjectKeyIdentifier;
  if (info.version != 2 && (by_key_id || info.version != 0))  // D-8
    return refuse_key(rules::G_07, "the version of KeyTransRecipientInfo is neither 2 nor what its rid asks for");
  if (!names(info.rid, opener.certificate))
    return refuse_key(rules::G_07, "the key is transported to another certificate than " + opener.certificate.name());
  const auto transport = key_transport_algorithm(info.keyEncryptionAlgorithm);
  if (!transport) return refuse_key(rules::G_07, transport.error().text);
  auto key = opener.decryptor.receive(*transport, info.encryptedKey, size);
  if (!key) return refuse_key(rules::G_07, key.error().text);
  return std::move(*key);
}

}  // namespace cmpkit::cmp
