// Who signed a CRL (RFC 5280 Section 6.3.3 (f) and (g)).
#pragma once

#include "cmpkit/cmp/certificate.h"
#include "cmpkit/cmp/environment.h"

namespace cmpkit::cmp {

/// This CA has the name of the issuer and may sign CRLs.
bool may_sign_crls(const CertificateView& ca, const asn1::Name& issuer);

/// The CRL is signed with the key of this CA, by the algorithm that it names.
bool is_signed_by(const asn1::CertificateList& crl, const CertificateView& ca, const Crypto& crypto);

}  // namespace cmpkit::cmp
