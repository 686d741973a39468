// SignedData around a key package (RFC 9483 Section 4.1.6, RFC 5652 Section 5, RFC 8933).
#pragma once

#include "cmpkit/asn1/cms.h"
#include "cmpkit/cmp/certificate.h"
#include "cmpkit/cmp/credential.h"
#include "cmpkit/cmp/environment.h"
#include "cmpkit/cmp/secret_octets.h"
#include "cmpkit/cmp/trail.h"

namespace cmpkit::cmp {

/// The DER of SignedData around a key package, signed by this credential: `bad_key` where its certificate has no
/// subjectKeyIdentifier, by which G-04 names the signer. The certificates keep their order, the signer's first.
CryptoResult<SecretOctets> sign_key_package(Bytes package, const SignatureCredential& credential,
                                            const Environment& environment);

/// SignedData whose signature is right. Views into the octets.
struct VerifiedPackage {
  Bytes content;
  CertificateView signer;
  std::vector<asn1::CMPCertificate> certificates;  // all that came with it
};

/// How a SignedData may differ from what RFC 9483 has: see Deviation::key_package_form.
enum class PackageForm : std::uint8_t { strict, tolerant };

/// Checks form and signature (G-04). Whose signature it is, is not asked here.
Checked<VerifiedPackage> verify_key_package(Bytes signed_data, PackageForm form, const Environment& environment);

}  // namespace cmpkit::cmp
