#include "tests/cmp/authority/asked.h"

#include <catch2/catch_test_macros.hpp>

namespace cmpkit::cmp::test {
namespace {

std::shared_ptr<const Signer> new_signer(std::string_view type) {
  return PrivateKey::generate(type).value().signer().value();
}

}  // namespace

Asked& Asked::subject(std::string_view text) {
  subject_ = asn1::parse_name(text).value();
  return *this;
}

Asked& Asked::key(std::string_view type) {
  return public_key(copy_of(PrivateKey::generate(type).value().public_key()));
}

Asked& Asked::public_key(Octets der) {
  public_key_ = std::move(der);
  return *this;
}

Asked& Asked::validity(std::optional<Time> from, std::optional<Time> until) {
  validity_.emplace();
  if (from) validity_->notBefore = asn1::Time::of(*from);
  if (until) validity_->notAfter = asn1::Time::of(*until);
  return *this;
}

Asked& Asked::profile(std::string_view name) {
  profile_ = name;
  return *this;
}

Asked& Asked::type(asn1::PKIBody::Type type) {
  type_ = type;
  return *this;
}

Asked& Asked::updating(Octets old_certificate) {
  old_certificate_ = std::move(old_certificate);
  return type(asn1::PKIBody::kur);
}

Asked& Asked::asked_by(const Requester& requester, std::string_view holder) {
  requester_ = &requester;
  holder_ = copy_of(bytes_of(holder));
  return *this;
}

Asked& Asked::at(Time time) {
  at_ = time;
  return *this;
}

Asked& Asked::transaction(std::string_view id) {
  transaction_id_ = copy_of(bytes_of(id));
  return *this;
}

Asked& Asked::extension(asn1::Oid id, bool critical, Octets value) {
  extensions_.push_back({id, critical, storage_.keep(std::move(value))});
  return *this;
}

Asked& Asked::dns_name(std::string_view name) {
  asn1::GeneralName out;
  out.value.emplace<asn1::GeneralName::dNSName>(asn1::IA5String{name});
  return alternative_name(out);
}

Asked& Asked::alternative_name(asn1::GeneralName name) {
  return extension(asn1::id_ce_subjectAltName, false, asn1::encode(asn1::GeneralNames{name}));
}

Asked& Asked::uri(std::string_view name) {
  asn1::GeneralName out;
  out.value.emplace<asn1::GeneralName::uniformResourceIdentifier>(asn1::IA5String{name});
  return alternative_name(out);
}

Asked& Asked::key_usage(std::initializer_list<asn1::KeyUsage::Bit> bits) {
  return extension(asn1::id_ce_keyUsage, true, asn1::encode(bits_of(bits)));
}

Asked& Asked::purposes(asn1::ExtKeyUsageSyntax ids) {
  return extension(asn1::id_ce_extKeyUsage, false, asn1::encode(ids));
}

Asked& Asked::ca(bool value) {
  return extension(asn1::id_ce_basicConstraints, true, asn1::encode(asn1::BasicConstraints{value, {}}));
}

Decision Asked::from(Authority& authority) {
  if (public_key_.empty()) key("ec:P-256");
  CertificateRequest request{};
  request.type = type_;
  request.subject = {subject_};
  request.public_key = public_key_;
  request.key_generated = key_generated_;
  request.extensions = extensions_.empty() ? nullptr : &extensions_;
  request.validity = validity_ ? &*validity_ : nullptr;
  request.profile = profile_;
  request.old_certificate = old_certificate_;
  request.transaction_id = transaction_id_;
  request.holder = holder_;
  request.requester = requester_;
  return authority.issue(request, at_);
}

TestCa::TestCa(std::string_view key) : root_signer(new_signer(key)), signer(new_signer(key)) {
  const CertificatePeriod period{now - std::chrono::days{365}, now + std::chrono::days{9 * 365}};
  root =
      make_root_certificate(asn1::parse_name("/O=Test/CN=Root").value(), *root_signer, period, environment()).value();
  certificate = make_issuing_ca_certificate({root, *root_signer}, asn1::parse_name("/O=Test/CN=CA").value(),
                                            signer->public_key(), period, environment())
                    .value();
}

CertificateAuthorityOptions TestCa::options(std::vector<CertificateProfile> profiles) const {
  CertificateAuthorityOptions options;
  options.signer = signer;
  options.chain = {certificate, root};
  options.profiles = std::move(profiles);
  return options;
}

std::unique_ptr<CertificateAuthority> TestCa::authority(CertificateProfile profile) const {
  return CertificateAuthority::create(options({std::move(profile)}), environment()).value();
}

Granted granted(Decision decision) {
  if (const auto* refusal = std::get_if<Refusal>(&decision)) FAIL("refused: " << refusal->text);
  return std::get<Granted>(std::move(decision));
}

Refusal refused(Decision decision) {
  REQUIRE(std::holds_alternative<Refusal>(decision));
  return std::get<Refusal>(std::move(decision));
}

asn1::KeyUsage bits_of(std::initializer_list<asn1::KeyUsage::Bit> bits) {
  asn1::KeyUsage usage;
  for (const auto bit : bits) usage.set(bit);
  return usage;
}

}  // namespace cmpkit::cmp::test
