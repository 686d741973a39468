// Whether the certificate that came is the one that was asked for (RFC 4211 Section 5, RFC 9810 Section 5.2.1).
#pragma once

#include "cmp/protection/authenticate.h"
#include "cmpkit/cmp/enrollment.h"

namespace cmpkit::cmp {

/// The field that a refused certificate stands in.
inline constexpr std::string_view issued_certificate_field = "body.response[0].certifiedKeyPair";

/// Whether the octets are a certificate for the key that the options want certified.
bool is_for_our_key(Bytes certificate, const EnrollmentOptions& options);

/// Checks key, subject, validity and, where `certificate_trust` is given, the chain of the certificate in a positive
/// response, and puts what differs from the request into `modifications`. A refusal is told to the server
/// by a rejecting certConf (E-02).
std::optional<Refusal> check_issued(Bytes certificate, const EnrollmentOptions& options,
                                    const asn1::PKIMessage& response, Time now, std::vector<std::string>& modifications,
                                    Trail& trail);

/// The issuers of the certificate as far as the pool holds them, nearest first, without self-signed ones.
std::vector<Octets> issuers_of(Bytes certificate, std::span<const asn1::CMPCertificate> pool);

}  // namespace cmpkit::cmp
