#include "cmpkit/cmp/ca_certificates.h"

#include <algorithm>

#include "cmp/authority/certificate_content.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {
namespace {

/// What tells the three apart.
struct Role {
  asn1::BasicConstraints constraints;
  asn1::KeyUsage key_usage;
  asn1::ExtKeyUsageSyntax purposes;  // empty: no extKeyUsage
};

asn1::KeyUsage key_usage_of(std::initializer_list<asn1::KeyUsage::Bit> bits) {
  asn1::KeyUsage usage;
  for (const auto bit : bits) usage.set(bit);
  return usage;
}

Role ca_role(std::optional<std::int64_t> path_length) {
  return {{true, path_length}, key_usage_of({asn1::KeyUsage::keyCertSign, asn1::KeyUsage::cRLSign}), {}};
}

Role signer_role(asn1::Oid purpose) { return {{}, key_usage_of({asn1::KeyUsage::digitalSignature}), {purpose}}; }

void add_role(ExtensionList& extensions, const Role& role) {
  extensions.add(asn1::id_ce_basicConstraints, true, asn1::encode(role.constraints));
  extensions.add(asn1::id_ce_keyUsage, true, asn1::encode(role.key_usage));
  if (!role.purposes.empty()) extensions.add(asn1::id_ce_extKeyUsage, false, asn1::encode(role.purposes));
}

asn1::Validity validity_of(const CertificatePeriod& period) {
  return {asn1::Time::of(period.not_before), asn1::Time::of(period.not_after)};
}

CryptoResult<Octets> make_subordinate(const CertificateIssuer& issuer, Bytes subject, Bytes public_key,
                                      const CertificatePeriod& period, const Role& role,
                                      const Environment& environment) {
  const auto above = CertificateView::decode(issuer.certificate);
  if (!above)
    return tl::unexpected(
        CryptoError{CryptoError::Kind::bad_key, "the issuer's certificate is unreadable: " + above.error().text()});
  auto identifier = subject_key_identifier_value(public_key, environment.crypto);
  if (!identifier) return identifier;
  auto issuer_identifier = authority_key_identifier_value(*above, environment.crypto);
  if (!issuer_identifier) return issuer_identifier;

  ExtensionList extensions;
  extensions.add(asn1::id_ce_authorityKeyIdentifier, false, std::move(*issuer_identifier));
  extensions.add(asn1::id_ce_subjectKeyIdentifier, false, std::move(*identifier));
  add_role(extensions, role);
  const SerialNumber serial = new_serial(environment.clock.now(), environment.random);
  return sign_certificate({serial, above->subject(), {subject}, validity_of(period), public_key, extensions.all()},
                          issuer.signer);
}

}  // namespace

CryptoResult<Octets> make_root_certificate(Bytes subject, const Signer& signer, const CertificatePeriod& period,
                                           const Environment& environment) {
  auto identifier = subject_key_identifier_value(signer.public_key(), environment.crypto);
  if (!identifier) return identifier;
  ExtensionList extensions;
  extensions.add(asn1::id_ce_subjectKeyIdentifier, false, std::move(*identifier));
  add_role(extensions, ca_role(std::nullopt));
  const SerialNumber serial = new_serial(environment.clock.now(), environment.random);
  return sign_certificate({serial, {subject}, {subject}, validity_of(period), signer.public_key(), extensions.all()},
                          signer);
}

CryptoResult<Octets> make_issuing_ca_certificate(const CertificateIssuer& issuer, Bytes subject, Bytes public_key,
                                                 const CertificatePeriod& period, const Environment& environment) {
  return make_subordinate(issuer, subject, public_key, period, ca_role(0), environment);
}

CryptoResult<Octets> make_cmp_signer_certificate(const CertificateIssuer& issuer, Bytes subject, Bytes public_key,
                                                 const CertificatePeriod& period, const Environment& environment) {
  return make_subordinate(issuer, subject, public_key, period, signer_role(asn1::id_kp_cmcCA), environment);
}

CryptoResult<Octets> make_kga_certificate(const CertificateIssuer& issuer, Bytes subject, Bytes public_key,
                                          const CertificatePeriod& period, const Environment& environment) {
  return make_subordinate(issuer, subject, public_key, period, signer_role(asn1::id_kp_cmKGA), environment);
}

CryptoResult<RootRollover> make_root_rollover(const CertificateIssuer& old_root, const Signer& new_signer, Time end,
                                              const Environment& environment) {
  const auto old = CertificateView::decode(old_root.certificate);
  if (!old)
    return tl::unexpected(CryptoError{CryptoError::Kind::bad_key, "the root is unreadable: " + old.error().text()});
  const Time now = environment.clock.now();
  if (now >= old->not_after())  // RFC 9810 Section 4.4.1: newWithNew begins before oldWithOld ends
    return tl::unexpected(CryptoError{CryptoError::Kind::bad_key, "the root has expired"});
  const Bytes name = old->subject().tlv;
  const auto link = [&](const CertificateIssuer& issuer, Bytes key, const CertificatePeriod& period) {
    return make_subordinate(issuer, name, key, period, ca_role(std::nullopt), environment);
  };

  auto new_with_new = make_root_certificate(name, new_signer, {now, end}, environment);
  if (!new_with_new) return tl::unexpected(new_with_new.error());
  // RFC 9810 Section 4.4.1: newWithOld is good as long as both are, oldWithNew as long as oldWithOld
  auto new_with_old = link(old_root, new_signer.public_key(), {now, std::min(end, old->not_after())});
  if (!new_with_old) return tl::unexpected(new_with_old.error());
  auto old_with_new = link({*new_with_new, new_signer}, old->public_key(), {old->not_before(), old->not_after()});
  if (!old_with_new) return tl::unexpected(old_with_new.error());
  return RootRollover{std::move(*new_with_new), std::move(*new_with_old), std::move(*old_with_new)};
}

}  // namespace cmpkit::cmp
