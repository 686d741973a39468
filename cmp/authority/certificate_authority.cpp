#include "cmpkit/cmp/certificate_authority.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "cmp/authority/approval_question.h"
#include "cmp/authority/distribution_point.h"
#include "cmp/authority/grant.h"
#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {

struct CertificateAuthority::Implementation {
  CertificateAuthorityOptions options;
  Environment environment;
  std::vector<ProfileRules> profiles;
  Octets issuer_identifier;         // DER of the authorityKeyIdentifier
  std::vector<Octets> extra_certs;  // the chain without self-signed certificates (P-08), and the links

  [[nodiscard]] CertificateView certificate() const { return *CertificateView::decode(options.chain.front()); }
  [[nodiscard]] const ProfileRules* profile(std::string_view name) const;
  [[nodiscard]] Decision issue(const CertificateRequest& request, Time now) const;
  [[nodiscard]] std::optional<Decision> ask_approval(const CertificateRequest& request, const ProfileRules& rules,
                                                     asn1::Name subject, const KeyType& key, Time now) const;
  [[nodiscard]] Checked<ExtensionList> extensions(const CertificateRequest& request, const ProfileRules& rules,
                                                  const KeyType& key, asn1::Name subject, Bytes serial,
                                                  Differences& differences) const;
  [[nodiscard]] Granted grant(const CertificateRequest& request, Octets certificate,
                              const Differences& differences) const;
};

// --- checking the options

namespace {

using Reason = tl::unexpected<std::string>;

tl::expected<CertificateView, std::string> read_certificate(Bytes der) {
  auto view = CertificateView::decode(der);
  if (!view) return Reason("a certificate of the CA's chain is unreadable: " + view.error().text());
  return *view;
}

tl::expected<void, std::string> check_ca_certificate(const CertificateView& certificate, const Signer& signer,
                                                     Time now) {
  if (!same_octets(certificate.public_key(), signer.public_key()))
    return Reason(fmt::format("the CA's key is not the one in its certificate {}", certificate.name()));
  if (!certificate.is_ca() || !certificate.allows(asn1::KeyUsage::keyCertSign))
    return Reason(fmt::format("the certificate {} is not that of a CA", certificate.name()));
  if (now >= certificate.not_after())
    return Reason(fmt::format("the CA's certificate {} has expired", certificate.name()));
  return {};
}

/// Each certificate names the next as its issuer and is signed by it.
tl::expected<void, std::string> check_chain(const std::vector<Octets>& chain, const Crypto& crypto) {
  for (std::size_t i = 0; i + 1 < chain.size(); ++i) {
    const auto subject = read_certificate(chain[i]);
    const auto issuer = read_certificate(chain[i + 1]);
    if (!subject) return Reason(subject.error());
    if (!issuer) return Reason(issuer.error());
    const Bytes signed_part = subject->signed_part();
    if (!asn1::same_name(subject->issuer(), issuer->subject()) ||
        !crypto.verify(subject->asn1().signatureAlgorithm, issuer->public_key(), Pieces(&signed_part, 1),
                       subject->asn1().signature.octets))
      return Reason(
          fmt::format("in the CA's chain {} is not issued by {}, which follows it", subject->name(), issuer->name()));
  }
  return {};
}

std::vector<Octets> without_self_issued(const std::vector<Octets>& chain) {
  std::vector<Octets> out;
  for (const Octets& each : chain)
    if (!CertificateView::decode(each)->is_self_issued()) out.push_back(each);
  return out;
}

tl::expected<std::vector<ProfileRules>, std::string> read_profiles(std::vector<CertificateProfile> profiles) {
  if (profiles.empty()) return Reason("there is no certificate profile");
  std::vector<ProfileRules> read;
  for (CertificateProfile& profile : profiles) {
    const std::string name = profile.name;
    if (std::ranges::any_of(read, [&](const ProfileRules& other) { return other.profile().name == name; }))
      return Reason(fmt::format("two certificate profiles have the name \"{}\"", name));
    auto rules = ProfileRules::read(std::move(profile));
    if (!rules) return Reason(fmt::format("certificate profile \"{}\": {}", name, rules.error()));
    read.push_back(std::move(*rules));
  }
  return read;
}

/// What a profile needs beside itself.
tl::expected<void, std::string> check_needs(const CertificateProfile& profile,
                                            const CertificateAuthorityOptions& options,
                                            const CertificateView& certificate) {
  const auto lacks = [&](std::string_view what) {
    return Reason(fmt::format("certificate profile \"{}\": {}", profile.name, what));
  };
  if (profile.approval && options.approvals == nullptr) return lacks("there is nobody who approves requests");
  if (profile.subject_unique && options.store == nullptr)
    return lacks("subject_unique needs the store of the issued certificates");
  if (profile.ca_path_length && certificate.path_length() &&
      *certificate.path_length() <= static_cast<std::int64_t>(*profile.ca_path_length))
    return lacks(fmt::format("the CA's own certificate allows only {} CAs below it", *certificate.path_length()));
  return {};
}

}  // namespace

tl::expected<std::unique_ptr<CertificateAuthority>, std::string> CertificateAuthority::create(
    CertificateAuthorityOptions options, const Environment& environment) {
  if (!options.signer) return Reason("there is no key of the CA");
  if (options.chain.empty()) return Reason("there is no certificate of the CA");
  const auto certificate = read_certificate(options.chain.front());
  if (!certificate) return Reason(certificate.error());
  if (auto checked = check_ca_certificate(*certificate, *options.signer, environment.clock.now()); !checked)
    return Reason(checked.error());
  if (auto checked = check_chain(options.chain, environment.crypto); !checked) return Reason(checked.error());
  auto profiles = read_profiles(std::move(options.profiles));
  if (!profiles) return Reason(profiles.error());
  for (const ProfileRules& rules : *profiles)
    if (auto checked = check_needs(rules.profile(), options, *certificate); !checked) return Reason(checked.error());
  auto identifier = authority_key_identifier_value(*certificate, environment.crypto);
  if (!identifier) return Reason(identifier.error().text);
  auto extra_certs = without_self_issued(options.chain);
  extra_certs.insert(extra_certs.end(), options.links.begin(), options.links.end());
  return std::unique_ptr<CertificateAuthority>(
      new CertificateAuthority(std::make_unique<const Implementation>(Implementation{
          std::move(options), environment, std::move(*profiles), std::move(*identifier), std::move(extra_certs)})));
}

CertificateAuthority::CertificateAuthority(std::unique_ptr<const Implementation> implementation)
    : implementation_(std::move(implementation)) {}

CertificateAuthority::~CertificateAuthority() = default;

asn1::Name CertificateAuthority::issuer() const { return implementation_->certificate().subject(); }

Decision CertificateAuthority::issue(const CertificateRequest& request, Time now) {
  return implementation_->issue(request, now);
}

// --- issuing

namespace {

Refusal broken(const CryptoError& error) {
  return refused(rules::E_30, "", "the certificate could not be made: " + error.text, FailInfo::systemFailure);
}

/// Names and keys of the CA itself are for nobody else.
Checked<void> check_not_ours(const CertificateRequest& request, const CertificateView& ours) {
  if (asn1::same_name(request.subject, ours.subject()))
    return tl::unexpected(refused(rules::R_09, "subject", "the subject is the name of the CA"));
  if (same_octets(request.public_key, ours.public_key()))
    return tl::unexpected(refused(rules::R_09, "publicKey", "the public key is that of the CA"));
  return {};
}

}  // namespace

const ProfileRules* CertificateAuthority::Implementation::profile(std::string_view name) const {
  if (name.empty()) return &profiles.front();
  const auto it = std::ranges::find_if(profiles, [&](const ProfileRules& each) { return each.profile().name == name; });
  return it == profiles.end() ? nullptr : &*it;
}

Decision CertificateAuthority::Implementation::issue(const CertificateRequest& request, Time now) const {
  const ProfileRules* rules = profile(request.profile);
  if (rules == nullptr)
    return refused(rules::R_09, "certProfile", "there is no certificate profile of the name asked for",
                   FailInfo::badRequest);
  const CertificateView ours = certificate();
  if (auto checked = check_not_ours(request, ours); !checked) return checked.error();

  Differences differences;
  const auto key = grant_key(request.public_key, *rules, environment.crypto);
  if (!key) return key.error();
  const auto subject = grant_subject(request.subject, *rules, differences);
  if (!subject) return subject.error();
  std::vector<Expectation> expectations;
  if (rules->profile().subject_unique) {
    auto unique = check_unique_subject(request, {*subject}, *options.store, now);
    if (!unique) return unique.error();
    expectations.push_back(std::move(*unique));
  }
  const auto validity = grant_validity(request.validity, rules->profile(), ours, now, differences);
  if (!validity) return validity.error();
  const SerialNumber serial = new_serial(now, environment.random);
  const auto all = extensions(request, *rules, **key, {*subject}, serial, differences);
  if (!all) return all.error();
  if (auto undecided = ask_approval(request, *rules, {*subject}, **key, now)) return std::move(*undecided);

  auto certificate = sign_certificate({serial, ours.subject(), {*subject}, *validity, request.public_key, all->all()},
                                      *options.signer);
  if (!certificate) return broken(certificate.error());
  Granted granted = grant(request, std::move(*certificate), differences);
  granted.expectations = std::move(expectations);
  granted.profile = rules->profile().name;
  return granted;
}

/// Nothing: the request may go on.
std::optional<Decision> CertificateAuthority::Implementation::ask_approval(const CertificateRequest& request,
                                                                           const ProfileRules& rules,
                                                                           asn1::Name subject, const KeyType& key,
                                                                           Time now) const {
  if (!rules.profile().approval) return std::nullopt;
  auto undecided = cmp::ask_approval(request, {asn1::name_text(subject), rules.profile().name, std::string(key.name)},
                                     *options.approvals, environment.crypto, now);
  if (!undecided) return std::nullopt;
  return std::visit([](auto& each) -> Decision { return std::move(each); }, *undecided);
}

Checked<ExtensionList> CertificateAuthority::Implementation::extensions(const CertificateRequest& request,
                                                                        const ProfileRules& rules, const KeyType& key,
                                                                        asn1::Name subject, Bytes serial,
                                                                        Differences& differences) const {
  const auto identifier = subject_key_identifier_value(request.public_key, environment.crypto);
  if (!identifier) return tl::unexpected(broken(identifier.error()));
  const std::uint32_t partition = serial_partition(serial, options.crls.partitions);
  const Octets points = options.crls.url.empty() ? Octets{} : distribution_points_value(options.crls.url_of(partition));
  const Octets access = options.certificate_url.empty() ? Octets{} : ca_issuers_value(options.certificate_url);
  return grant_extensions(request, key, rules, {*identifier, issuer_identifier, points, access}, is_null_dn(subject),
                          differences);
}

Granted CertificateAuthority::Implementation::grant(const CertificateRequest& request, Octets certificate,
                                                    const Differences& differences) const {
  Granted granted;
  granted.certificate = std::move(certificate);
  granted.chain = extra_certs;
  if (request.type == asn1::PKIBody::ir) granted.ca_pubs = options.ca_pubs;  // not in cp and kup
  granted.modified = !differences.empty();
  granted.note = fmt::format("{}", fmt::join(differences, "; "));
  return granted;
}

}  // namespace cmpkit::cmp
