// The checks of RFC 5280 Section 6.1, one by one. Each gives nothing, or what is wrong in a sentence.
#pragma once

#include "cmp/trust/validated_issuer.h"
#include "cmpkit/cmp/trust.h"

namespace cmpkit::cmp {

using PathCheck = tl::expected<void, PathError>;

/// What a certificate is in the path that is checked.
enum class Role : std::uint8_t { end_entity, intermediate };

/// Validity (6.1.3 (a)(2)).
PathCheck check_time(const CertificateView& certificate, Time now);

/// Validity of an issuer and all that stands above it.
PathCheck check_time(const ValidatedIssuer& issuer, Time now);

/// No critical extension that we do not process (6.1.4 (o), 6.1.5 (f)).
PathCheck check_critical_extensions(const CertificateView& certificate);

/// The issuer is a CA that may sign certificates (6.1.4 (k), (n)) and has room for the subject (6.1.4 (l)).
PathCheck check_issuer(const ValidatedIssuer& issuer, const CertificateView& subject, Role role);

/// The signature (6.1.3 (a)(1)).
PathCheck check_signature(const Crypto& crypto, const ValidatedIssuer& issuer, const CertificateView& subject);

/// The name constraints of all certificates above (6.1.3 (b), (c)).
PathCheck check_names(const Crypto& crypto, const ValidatedIssuer& issuer, const CertificateView& subject, Role role);

}  // namespace cmpkit::cmp
