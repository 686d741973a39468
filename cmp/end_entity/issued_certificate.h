// Whether the certificate that came is the one that was asked for (RFC 4211 Section 5, RFC 9810 Section 5.2.1).
#pragma once

#include "cmpkit/cmp/enrollment.h"

namespace cmpkit::cmp {

/// Checks key, subject, validity and, where `certificate_trust` is given, the chain of the certificate in a positive
/// response. `extra_certs` are untrusted. A refusal is told to the server by a rejecting certConf (E-02).
std::optional<Refusal> check_issued(Bytes certificate, const EnrollmentOptions& options,
                                    const asn1::PKIMessage& response, Time now, Trail& trail);

/// The issuers of the certificate as far as the pool holds them, nearest first, without self-signed ones.
std::vector<Octets> issuers_of(Bytes certificate, std::span<const asn1::CMPCertificate> pool);

}  // namespace cmpkit::cmp
