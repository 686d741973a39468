// Proof of possession by signature: CRMF's POPOSigningKey (RFC 4211 Section 4.1) and the PKCS #10 self-signature
// (RFC 2986 Section 4.2).
#pragma once

#include "cmpkit/asn1/pkcs10.h"
#include "cmpkit/asn1/pkimessage.h"
#include "cmpkit/cmp/crypto.h"
#include "cmpkit/cmp/trail.h"

namespace cmpkit::cmp {

/// Signs the CertRequest with the key it asks to certify: the DER of a CertReqMsg with popo.
CryptoResult<Octets> prove_possession(const asn1::CertRequest& request, const Signer& key);

/// Checks popo of a received CertReqMsg over its CertRequest as received.
std::optional<Refusal> check_possession(const asn1::CertReqMsg& request, const Crypto& crypto, Trail& trail);

/// Checks the signature of a received CertificationRequest (N-03).
std::optional<Refusal> check_possession(const asn1::CertificationRequest& request, const Crypto& crypto, Trail& trail);

}  // namespace cmpkit::cmp
