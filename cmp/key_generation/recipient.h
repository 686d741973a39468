// One RecipientInfo: how the content-encryption key comes to who shall have it (RFC 5652 Section 6.2).
#pragma once

#include "cmp/key_generation/envelope.h"

namespace cmpkit::cmp {

/// What is needed to say or to check that a key is meant for a certificate: its key identifier where it has one, else
/// issuer and serial number (G-07, G-08).
asn1::RecipientIdentifier recipient_identifier(const CertificateView& certificate);
bool names(const asn1::RecipientIdentifier& identifier, const CertificateView& certificate);

// Making. Views into the certificate and the storage.
CryptoResult<asn1::RecipientInfo> transport_recipient(Bytes key, const CertificateRecipient& recipient,
                                                      const Environment& environment, asn1::Storage& storage);
CryptoResult<asn1::RecipientInfo> agreement_recipient(Bytes key, const CertificateView& certificate,
                                                      const Environment& environment, asn1::Storage& storage);
CryptoResult<asn1::RecipientInfo> password_recipient(Bytes key, const SecretRecipient& recipient,
                                                     const Environment& environment, asn1::Storage& storage);

// Opening: the content-encryption key of `size` octets.
Checked<SecretOctets> open_recipient(const asn1::KeyTransRecipientInfo& info, const CertificateOpener& opener,
                                     std::size_t size);
Checked<SecretOctets> open_recipient(const asn1::KeyAgreeRecipientInfo& info, const CertificateOpener& opener,
                                     std::size_t size, const Environment& environment);
Checked<SecretOctets> open_recipient(const asn1::PasswordRecipientInfo& info, const SecretOpener& opener,
                                     std::size_t size, const Environment& environment);

/// The key wrap of the AlgorithmIdentifier, for a content-encryption key of this size (G-10): the size of its key.
Checked<std::size_t> read_key_wrap(const asn1::AlgorithmIdentifier& algorithm, std::size_t content_key_size);

/// A refusal, ready to be returned.
inline tl::unexpected<Refusal> refuse_key(const Rule& rule, std::string_view detail) {
  return tl::unexpected(refused(rule, private_key_field, detail));
}

}  // namespace cmpkit::cmp
