// An Authority in front of a CA that knows PKCS #10 only: what was asked for in, what came back checked before it is
// granted.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cmp/authority/approval_question.h"
#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/asn1/pkcs10.h"
#include "cmpkit/cmp/certificate.h"
#include "cmpkit/cmp/certifier.h"

namespace cmpkit::cmp {

namespace {

constexpr std::string_view field = "body.certTemplate";

/// The peer is told that the CA failed, and our log why.
Refusal failed(std::string cause) {
  Refusal refusal = refused(rules::E_30, field, "the CA behind this RA did not give a certificate that is one for this",
                            FailInfo::systemFailure);
  refusal.cause = std::move(cause);
  return refusal;
}

Octets encoded(const asn1::Extensions* extensions) {
  return extensions != nullptr ? asn1::encode(*extensions) : Octets{};
}

/// The extensions that a PKCS #10 asks for, as DER; empty: none.
Bytes extensions_in(const asn1::CertificationRequestInfo& info) {
  for (const auto& attribute : info.attributes)
    if (attribute.type == asn1::id_extensionRequest && attribute.values.size() == 1)
      return attribute.values.front().tlv;
  return {};
}

/// Whether the device's own PKCS #10 asks for just what is to be certified.
bool is_unchanged(const CertificateRequest& request) {
  const auto own = asn1::decode<asn1::CertificationRequest>(request.certification_request);
  if (!own) return false;
  const auto& info = own->certificationRequestInfo;
  return same_octets(info.subject.tlv, request.subject.tlv) &&
         same_octets(extensions_in(info), encoded(request.extensions));
}

/// A PKCS #10 that asks for it, with the device's key but signed by the RA.
CryptoResult<Octets> make_request(const CertificateRequest& request, const Signer& signer) {
  const auto key = asn1::decode<asn1::SubjectPublicKeyInfo>(request.public_key);
  if (!key) return tl::unexpected(CryptoError{CryptoError::Kind::bad_key, key.error().text()});
  asn1::CertificationRequest out;
  auto& info = out.certificationRequestInfo;
  info.subject = request.subject;
  info.subjectPKInfo = *key;
  const Octets extensions = encoded(request.extensions);
  if (!extensions.empty()) {
    auto& attribute = info.attributes.emplace_back();
    attribute.type = asn1::id_extensionRequest;
    attribute.values.push_back({extensions});
  }
  const Octets to_sign = asn1::encode(info);
  const Bytes message[] = {to_sign};
  const auto signature = signer.sign(message);
  if (!signature) return tl::unexpected(signature.error());
  out.signatureAlgorithm = signer.algorithm();
  out.signature.octets = *signature;
  return asn1::encode(out);
}

bool has_all(const CertificateView& certificate, const asn1::Extensions* wanted) {
  if (wanted == nullptr) return true;
  return std::ranges::all_of(*wanted, [&](const asn1::Extension& each) {
    const auto* got = certificate.extension(each.extnID);
    return got != nullptr && same_octets(got->extnValue, each.extnValue);
  });
}

bool is_within(const CertificateView& certificate, const asn1::OptionalValidity* wanted) {
  if (wanted == nullptr) return true;
  return (!wanted->notBefore || certificate.not_before() == wanted->notBefore->time()) &&
         (!wanted->notAfter || certificate.not_after() == wanted->notAfter->time());
}

/// How the certificate differs from what was asked for; empty: it does not.
std::string differences(const CertificateView& certificate, const CertificateRequest& request) {
  std::vector<std::string_view> out;
  if (!asn1::same_name(certificate.subject(), request.subject)) out.emplace_back("subject");
  if (!has_all(certificate, request.extensions)) out.emplace_back("extensions");
  if (!is_within(certificate, request.validity)) out.emplace_back("validity");
  return out.empty() ? std::string() : fmt::format("the CA decided otherwise about: {}", fmt::join(out, ", "));
}

class CertifierAuthority final : public Authority {
 public:
  CertifierAuthority(CertifierAuthorityOptions options, asn1::Name issuer, Octets issuer_key, const Crypto& crypto)
      : options_(std::move(options)),
        issuer_(copy_of(issuer.tlv)),
        issuer_key_(std::move(issuer_key)),
        crypto_(crypto) {}

  Decision issue(const CertificateRequest& request, Time now) override {
    const auto question = question_about(request);
    if (!question) return unavailable(field, question.error().text);
    CertifierDecision decision = options_.certifier(*question, now);
    if (auto* refusal = std::get_if<Refusal>(&decision)) return std::move(*refusal);
    if (auto* waiting = std::get_if<Waiting>(&decision)) return std::move(*waiting);
    return granted(std::get<CertifierGranted>(std::move(decision)), request);
  }

  [[nodiscard]] asn1::Name issuer() const override { return {issuer_}; }

  RevocationDecision revoke(const RevocationRequest& request, Time now) override {
    if (options_.revoke) return options_.revoke(request, now);
    return refused(rules::V_04, "body", "the CA behind this RA is not told of revocations: tell its operator");
  }

 private:
  [[nodiscard]] CryptoResult<CertifierRequest> question_about(const CertificateRequest& request) const {
    auto id = approval_id(request, crypto_);
    if (!id) return tl::unexpected(id.error());
    CertifierRequest out;
    out.signed_by_device = is_unchanged(request);
    if (out.signed_by_device) {
      out.certification_request = copy_of(request.certification_request);
    } else {
      auto made = make_request(request, *options_.signer);
      if (!made) return tl::unexpected(made.error());
      out.certification_request = std::move(*made);
    }
    out.public_key = request.public_key;
    out.profile = request.profile;
    out.id = std::move(*id);
    return out;
  }

  [[nodiscard]] Decision granted(CertifierGranted got, const CertificateRequest& request) const {
    const auto certificate = CertificateView::decode(got.certificate);
    if (!certificate) return failed("what the CA gave is no certificate: " + certificate.error().text());
    if (!same_octets(certificate->public_key(), request.public_key))
      return failed("the certificate that the CA gave is for another key");
    if (!asn1::same_name(certificate->issuer(), issuer()))
      return failed("the certificate is issued by " + asn1::name_text(certificate->issuer()) + " and not by " +
                    asn1::name_text(issuer()));
    const Bytes signed_part[] = {certificate->signed_part()};
    const auto verified = crypto_.verify(certificate->asn1().signatureAlgorithm, issuer_key_, signed_part,
                                         certificate->asn1().signature.octets);
    if (!verified) return failed("the signature of the certificate that the CA gave: " + verified.error().text);
    Granted out;
    out.note = differences(*certificate, request);
    out.modified = !out.note.empty();
    out.certificate = std::move(got.certificate);
    out.chain = std::move(got.chain);
    if (out.chain.empty()) out.chain = {options_.issuer};
    return out;
  }

  const CertifierAuthorityOptions options_;
  const Octets issuer_, issuer_key_;
  const Crypto& crypto_;
};

}  // namespace

tl::expected<std::unique_ptr<Authority>, std::string> certifier_authority(CertifierAuthorityOptions options,
                                                                          Environment environment) {
  const auto issuer = CertificateView::decode(options.issuer);
  if (!issuer) return tl::unexpected("the certificate of the CA cannot be read: " + issuer.error().text());
  if (!options.signer) return tl::unexpected<std::string>("there is no key to sign requests with");
  if (!options.certifier) return tl::unexpected<std::string>("there is no function that asks the CA");
  const asn1::Name name = issuer->subject();
  Octets key = copy_of(issuer->public_key());
  return std::make_unique<CertifierAuthority>(std::move(options), name, std::move(key), environment.crypto);
}

}  // namespace cmpkit::cmp
