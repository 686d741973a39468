// EnvelopedData with one recipient, as key packages travel in it (RFC 9483 Section 4.1.6, RFC 5652 Section 6): made for
// the one and opened by the other side.
#pragma once

#include <variant>

#include "cmpkit/asn1/cms.h"
#include "cmpkit/asn1/storage.h"
#include "cmpkit/cmp/certificate.h"
#include "cmpkit/cmp/environment.h"
#include "cmpkit/cmp/key_management.h"
#include "cmpkit/cmp/trail.h"

namespace cmpkit::cmp {

/// The content is encrypted to the key of this certificate: key transport or key agreement, as the key can (G-06).
struct CertificateRecipient {
  const CertificateView& certificate;
  KeyTransport transport;
};
/// The content is encrypted with a password (G-09).
struct SecretRecipient {
  Bytes secret;
  std::int64_t iterations;
};
using Recipient = std::variant<CertificateRecipient, SecretRecipient>;

/// Whether a key can be sent to this certificate, in words where not: the type of its key, and keyUsage.
tl::expected<void, std::string> can_receive_keys(const CertificateView& certificate);

/// The DER of EnvelopedData around the DER of a SignedData: a fresh content-encryption key, AES-256 for all.
CryptoResult<Octets> seal(Bytes signed_data, const Recipient& recipient, const Environment& environment);

/// Who opens: the holder of a certificate, or of a secret.
struct CertificateOpener {
  const CertificateView& certificate;
  const Decryptor& decryptor;
  bool accept_sha1 = false;  // in the key derivation of a key agreement
};
struct SecretOpener {
  Bytes secret;
  MacLimits limits;  // of the work for PBKDF2
  Bytes mac_salt;    // that the MAC of the same message is made with; empty: it has none
};
using Opener = std::variant<CertificateOpener, SecretOpener>;

/// The field that a refused key package stands in.
inline constexpr std::string_view private_key_field = "body.response[0].certifiedKeyPair.privateKey";

/// The content of the envelope. A refusal names the rule (G-03, G-05 to G-10) that it breaks.
Checked<SecretOctets> open(const asn1::EnvelopedData& envelope, const Opener& opener, const Environment& environment);

}  // namespace cmpkit::cmp
