#include "cmp/end_entity/revocation_task.h"

#include <fmt/format.h>

#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/certificate.h"

namespace cmpkit::cmp {

using asn1::PKIBody;
using asn1::PKIStatus;

namespace {

class RevocationTask final : public Task {
 public:
  explicit RevocationTask(RevocationOptions options) : options_(std::move(options)) {}

  const ClientOptions& options() const override { return options_; }
  PKIBody::Type request_type() const override { return PKIBody::rr; }
  PKIBody::Type response_type() const override { return PKIBody::rp; }
  std::vector<Octets> identity() const override {
    return {options_.issuer, options_.serial, {static_cast<std::uint8_t>(options_.reason)}};
  }

  /// X-01, RFC 9483 Section 4.2.
  CryptoResult<PKIBody> request(asn1::Storage& storage) const override {
    PKIBody body;
    asn1::RevDetails& details = body.set<PKIBody::rr>().emplace_back();
    details.certDetails.issuer = asn1::Name{options_.issuer};
    details.certDetails.serialNumber = asn1::Integer{options_.serial};
    asn1::CRLReason reason;
    reason.value = options_.reason;
    details.crlEntryDetails.emplace().push_back({asn1::id_ce_cRLReasons, false, storage.keep(asn1::encode(reason))});
    return body;
  }

  Checked<Verdict> judge(const VerifiedResponse& response, const Environment& environment, Trail& trail) const override;

 private:
  bool is_ours(const asn1::CertId& id) const {
    const asn1::Name* issuer = id.issuer.directory_name();
    return issuer != nullptr && asn1::same_name(*issuer, {options_.issuer}) &&
           id.serialNumber == asn1::Integer{options_.serial};
  }

  RevocationOptions options_;  // issuer and serial are those of the certificate
};

/// one status, accepted or rejection; revCerts, where it is there, names the certificate.
Checked<Verdict> RevocationTask::judge(const VerifiedResponse& response, const Environment& /*environment*/,
                                       Trail& trail) const {
  const auto refuse = [&](std::string_view field, std::string detail) {
    Refusal refusal = refused(rules::X_02, field, detail);
    trail.failed(rules::X_02, field, std::move(detail));
    return tl::unexpected(std::move(refusal));
  };
  const asn1::RevRepContent& content = *response.message.body.get<PKIBody::rp>();
  if (content.status.size() != 1)
    return refuse("body.rp.status",
                  fmt::format("there are {} status, one certificate was to be revoked", content.status.size()));
  const PKIStatus status = content.status.front().status;
  if (status != PKIStatus::accepted && status != PKIStatus::rejection)
    return refuse("body.rp.status", fmt::format("the status is {}", static_cast<std::int64_t>(status)));
  if (content.revCerts && (content.revCerts->size() != 1 || !is_ours(content.revCerts->front())))
    return refuse("body.rp.revCerts", "another certificate is named than the one to be revoked");
  trail.passed(rules::X_02, "body.rp");
  Answered answered;
  answered.outcome.success = status == PKIStatus::accepted;
  if (answered.outcome.success)
    answered.outcome.text = options_.reason == asn1::CRLReason::removeFromCRL ? "the certificate is valid again"
                                                                              : "the certificate was revoked";
  return answered;
}

/// Fills in issuer and serial number from the certificate.
tl::expected<void, std::string> complete(RevocationOptions& options) {
  const auto wrong = [](std::string text) { return tl::unexpected(std::move(text)); };
  if (!options.issuer.empty() || !options.serial.empty()) {
    if (!options.certificate.empty()) return wrong("give the certificate to revoke, or its issuer and serial number");
    if (!asn1::decode<asn1::Name>(options.issuer)) return wrong("the issuer is no distinguished name");
    if (options.serial.empty()) return wrong("the serial number of the certificate to revoke is missing");
    return {};
  }
  if (options.certificate.empty()) {
    const auto* credential = std::get_if<SignatureCredential>(&options.credential);
    if (credential == nullptr || credential->chain.empty()) return wrong("the certificate to revoke is missing");
    options.certificate = credential->chain.front();
  }
  const auto certificate = CertificateView::decode(options.certificate);
  if (!certificate) return wrong("the certificate to revoke cannot be read: " + certificate.error().text());
  options.issuer = copy_of(certificate->issuer().tlv);
  options.serial = copy_of(certificate->serial().octets);
  return {};
}

}  // namespace

tl::expected<std::unique_ptr<Task>, std::string> revocation_task(RevocationOptions options) {
  if (auto done = complete(options); !done) return tl::unexpected(std::move(done.error()));
  return std::make_unique<RevocationTask>(std::move(options));
}

}  // namespace cmpkit::cmp
