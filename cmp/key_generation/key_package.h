// The whole of what stands in privateKey (RFC 9483 Section 4.1.6): a key in an AsymmetricKeyPackage (RFC 5958), signed,
// and encrypted to its recipient.
#pragma once

#include "cmp/key_generation/envelope.h"
#include "cmp/key_generation/signed_data.h"
#include "cmpkit/asn1/pkimessage.h"
#include "cmpkit/cmp/keys.h"
#include "cmpkit/cmp/trust.h"

namespace cmpkit::cmp {

/// The DER of the EnvelopedData that delivers the key.
CryptoResult<Octets> make_key_package(const PrivateKey& key, const SignatureCredential& authority,
                                      const Recipient& recipient, const Environment& environment);

/// What a package is opened by and held against.
struct PackageOpening {
  Opener opener;
  const TrustStore* trust;  // anchors for who generated the key; null: not asked, the opener's secret authorises (G-02)
  std::span<const asn1::CMPCertificate> certificates;  // to build the path with, beside those in the package
  Tolerance tolerance;
};

/// The private key (PKCS #8) for the certificate that came with it. A refusal names the rule it breaks.
Checked<SecretOctets> open_key_package(const asn1::EncryptedKey& encrypted, const CertificateView& certificate,
                                       const PackageOpening& opening, const Environment& environment, Trail& trail);

}  // namespace cmpkit::cmp
