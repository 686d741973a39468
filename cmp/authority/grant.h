// What of a request's wishes goes into the certificate. Each function decides about one part: it takes the wish over,
// cuts it down and says so in `differences`, or refuses the request.
#pragma once

#include <string>
#include <vector>

#include "cmp/authority/certificate_content.h"
#include "cmp/authority/profile_rules.h"
#include "cmpkit/cmp/authority.h"
#include "cmpkit/cmp/keys.h"
#include "cmpkit/cmp/store.h"

namespace cmpkit::cmp {

/// How the certificate differs from what was asked for, one sentence each: what grantedWithMods tells.
using Differences = std::vector<std::string>;

/// The type of the public key, where the profile certifies it. Else badCertTemplate, or badAlg for a type not known.
Checked<const KeyType*> grant_key(Bytes public_key, const ProfileRules& rules, const Crypto& crypto);

/// DER of the subject: the one asked for with the profile's own parts.
Checked<Octets> grant_subject(asn1::Name asked, const ProfileRules& rules, Differences& differences);

/// For `subject_unique`: no certificate in force with this subject is somebody else's, as long as the store holds the
/// certificates that it was found in.
Checked<Expectation> check_unique_subject(const CertificateRequest& request, asn1::Name subject, Store& store,
                                          Time now);

/// The longest time that the wish, the profile and the CA's own certificate allow.
Checked<asn1::Validity> grant_validity(const asn1::OptionalValidity* wish, const CertificateProfile& profile,
                                       const CertificateView& issuer, Time now, Differences& differences);

/// What a certificate gets from the CA and no wish changes.
struct OwnExtensions {
  Bytes subject_key_identifier;  // DER of the values
  Bytes authority_key_identifier;
  Bytes distribution_points;  // cRLDistributionPoints; empty: none
  Bytes information_access;   // authorityInfoAccess; empty: none
};

/// All extensions: what is asked for as far as the profile grants it, what the profile adds, and those of the CA.
Checked<ExtensionList> grant_extensions(const CertificateRequest& request, const KeyType& key,
                                        const ProfileRules& rules, const OwnExtensions& own, bool without_subject,
                                        Differences& differences);

/// The uses of the key: what is asked for, or the profile's, as far as the key can be used so. Nothing: no keyUsage.
Checked<std::optional<asn1::KeyUsage>> grant_key_usage(const asn1::KeyUsage* wish, const KeyType& key,
                                                       const ProfileRules& rules, Differences& differences);

/// Checks the names of a subjectAltName that a certificate must not hold in this form (RFC 5280 Section 4.2.1.6).
Checked<void> check_alternative_names(const asn1::GeneralNames& names);

/// Checks them against the patterns of the profile; no names at all too.
Checked<void> check_allowed_names(const asn1::GeneralNames& names, const CertificateProfile& profile);

/// Absent, or without any RDN.
bool is_null_dn(asn1::Name name);

}  // namespace cmpkit::cmp
