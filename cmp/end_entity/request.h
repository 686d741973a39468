// Building the body of an ir, cr, kur or p10cr (RFC 9483 Section 4.1).
#pragma once

#include "cmpkit/asn1/pkcs10.h"
#include "cmpkit/asn1/storage.h"
#include "cmpkit/cmp/certificate.h"
#include "cmpkit/cmp/enrollment.h"

namespace cmpkit::cmp {

/// Fills in what a kur takes from the certificate to update (K-02) and what an ir or cr takes from the PKCS #10 request
/// of another one, whose signature is verified, and checks that the options are complete: a reason in words
/// where they are not.
tl::expected<void, std::string> complete_options(EnrollmentOptions& options, const Crypto& crypto);

/// DER of the Extensions that a PKCS #10 request asks for; empty: none (RFC 2985 Section 5.4.2).
Octets extensions_asked_for(const asn1::CertificationRequestInfo& request);

/// The body of the request, with proof of possession. Views into `options` and `storage`.
CryptoResult<asn1::PKIBody> make_request(const EnrollmentOptions& options, asn1::Storage& storage);

}  // namespace cmpkit::cmp
