// What of a request's wishes goes into the certificate. Each function decides about one part: it takes the wish over,
// cuts it down and says so in `differences`, or refuses the request.
#pragma once

#include <string>
#include <vector>

#include "cmp/authority/certificate_content.h"
#include "cmp/authority/profile_rules.h"
#include "cmpkit/cmp/authority.h"
#include "cmpkit/cmp/keys.h"

namespace cmpkit::cmp {

/// How the certificate differs from what was asked for, one sentence each: what grantedWithMods tells.
using Differences = std::vector<std::string>;

/// The type of the public key, where the profile certifies it. Else badCertTemplate, or badAlg for a type not known.
Checked<const KeyType*> grant_key(Bytes public_key, const ProfileRules& rules, const Crypto& crypto);

/// The longest time that the wish, the profile and the CA's own certificate allow.
Checked<asn1::Validity> grant_validity(const asn1::OptionalValidity* wish, const CertificateProfile& profile,
                                       const CertificateView& issuer, Time now, Differences& differences);

/// The extensions that depend on the wishes: keyUsage, extKeyUsage, subjectAltName, basicConstraints and those that the
/// profile takes over. Their values may point into the request. `own_identifier` is the subjectKeyIdentifier they get.
Checked<ExtensionList> grant_extensions(const CertificateRequest& request, const KeyType& key,
                                        const ProfileRules& rules, Bytes own_identifier, Differences& differences);

/// Checks the names of a subjectAltName that a certificate must not hold in this form (RFC 5280 Section 4.2.1.6).
Checked<void> check_alternative_names(const asn1::GeneralNames& names);

/// Absent, or without any RDN.
bool is_null_dn(asn1::Name name);

}  // namespace cmpkit::cmp
