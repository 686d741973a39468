#include "cmp/trust/checks.h"

#include <algorithm>
#include <array>

#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/time_text.h"

namespace cmpkit::cmp {

namespace {

using Reason = PathError::Reason;

tl::unexpected<PathError> refuse(Reason reason, std::string text) {
  return tl::unexpected(PathError{reason, std::move(text)});
}

std::string certificate(const CertificateView& view) { return "certificate " + view.name(); }

// certificatePolicies, policyMappings and inhibitAnyPolicy are processed by doing nothing: see trust.h.
constexpr std::array processed{
    asn1::id_ce_basicConstraints,
    asn1::id_ce_keyUsage,
    asn1::id_ce_extKeyUsage,
    asn1::id_ce_subjectAltName,
    asn1::id_ce_nameConstraints,
    asn1::id_ce_subjectKeyIdentifier,
    asn1::id_ce_authorityKeyIdentifier,
    asn1::id_ce_certificatePolicies,
    asn1::id_ce_policyMappings,
    asn1::id_ce_inhibitAnyPolicy,
};

/// A root of version 1 has no extension to say so (RFC 5280 Section 6.1.4 (k)); it is one because it is an anchor.
bool is_ca(const ValidatedIssuer& issuer) {
  const auto& view = issuer.certificate();
  return view.is_ca() || (issuer.issuer() == nullptr && view.asn1().tbsCertificate.version == asn1::Version::v1);
}

}  // namespace

PathCheck check_time(const CertificateView& view, Time now) {
  if (now < view.not_before())
    return refuse(Reason::not_yet_valid, certificate(view) + " is not valid before " + time_text(view.not_before()));
  if (now > view.not_after())
    return refuse(Reason::expired, certificate(view) + " expired on " + time_text(view.not_after()));
  return {};
}

PathCheck check_time(const ValidatedIssuer& issuer, Time now) {
  for (const auto* at = &issuer; at != nullptr; at = at->issuer().get())
    if (auto checked = check_time(at->certificate(), now); !checked) return checked;
  return {};
}

PathCheck check_critical_extensions(const CertificateView& view) {
  const auto& extensions = view.asn1().tbsCertificate.extensions;
  if (!extensions) return {};
  for (const auto& extension : *extensions)
    if (extension.critical && std::ranges::find(processed, extension.extnID) == processed.end())
      return refuse(Reason::critical_extension, certificate(view) + " has the critical extension " +
                                                    asn1::name_of(extension.extnID) +
                                                    ", which we do not process (RFC 5280 Section 4.2)");
  return {};
}

PathCheck check_issuer(const ValidatedIssuer& issuer, const CertificateView& subject, Role role) {
  const auto& view = issuer.certificate();
  const auto who = [&] { return certificate(view) + ", issuer of " + subject.name() + ","; };
  if (!is_ca(issuer)) return refuse(Reason::not_a_ca, who() + " is not a CA certificate (basicConstraints)");
  if (!view.allows(asn1::KeyUsage::keyCertSign))
    return refuse(Reason::not_a_ca, who() + " may not sign certificates (keyUsage has no keyCertSign)");
  if (role == Role::intermediate && issuer.room() && *issuer.room() <= 0 && !subject.is_self_issued())
    return refuse(Reason::path_too_long,
                  who() + " leaves no room for a CA below it (pathLenConstraint, RFC 5280 Section 4.2.1.9)");
  return {};
}

PathCheck check_signature(const Crypto& crypto, const ValidatedIssuer& issuer, const CertificateView& subject) {
  const auto& signature = subject.asn1().signature;
  const std::array message{subject.signed_part()};
  const auto who = [&] { return "the signature of " + subject.name() + " by " + issuer.certificate().name(); };
  if (signature.unused != 0) return refuse(Reason::bad_signature, who() + " has unused bits");
  const auto verified =
      crypto.verify(subject.asn1().signatureAlgorithm, issuer.certificate().public_key(), message, signature.octets);
  if (verified) return {};
  if (verified.error().kind == CryptoError::Kind::mismatch) return refuse(Reason::bad_signature, who() + " is wrong");
  return refuse(Reason::bad_algorithm, who() + ": " + verified.error().text);
}

namespace {

/// The forms of names whose constraints every version of the provider understands.
bool is_understood(asn1::GeneralName::Type form) {
  return form == asn1::GeneralName::dNSName || form == asn1::GeneralName::directoryName ||
         form == asn1::GeneralName::iPAddress;
}

/// RFC 5280 Section 4.2.1.10: a certificate with a name of a form that is constrained and not understood is rejected.
PathCheck check_forms(const CertificateView& issuer, const CertificateView& subject) {
  const auto constraints =
      asn1::decode<asn1::NameConstraints>(issuer.extension(asn1::id_ce_nameConstraints)->extnValue);
  if (!constraints) return refuse(Reason::name_constraints, certificate(issuer) + ": " + constraints.error().text());
  for (const auto* subtrees : {&constraints->permittedSubtrees, &constraints->excludedSubtrees})
    for (const auto& subtree : subtrees->value_or(asn1::GeneralSubtrees{}))
      for (const auto& name : subject.subject_alt_names())
        if (name.type() == subtree.base.type() && !is_understood(name.type()))
          return refuse(Reason::name_constraints, certificate(subject) +
                                                      " has a name of a form that the nameConstraints of " +
                                                      issuer.name() + " restrict in a way that is not understood");
  return {};
}

}  // namespace

PathCheck check_names(const Crypto& crypto, const ValidatedIssuer& issuer, const CertificateView& subject, Role role) {
  if (!issuer.constrains_names() || (role == Role::intermediate && subject.is_self_issued())) return {};
  for (const auto* at = &issuer; at != nullptr; at = at->issuer().get()) {
    if (at->certificate().extension(asn1::id_ce_nameConstraints) == nullptr) continue;
    if (auto checked = check_forms(at->certificate(), subject); !checked) return checked;
    const auto permitted = crypto.names_permitted(at->certificate().octets(), subject.octets());
    if (!permitted) return refuse(Reason::name_constraints, certificate(subject) + ": " + permitted.error().text);
    if (!*permitted)
      return refuse(Reason::name_constraints, certificate(subject) + " has a name that the nameConstraints of " +
                                                  at->certificate().name() + " do not permit");
  }
  return {};
}

}  // namespace cmpkit::cmp
