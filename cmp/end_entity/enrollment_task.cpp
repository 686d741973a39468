#include "cmp/end_entity/enrollment_task.h"

#include <fmt/format.h>

#include "cmp/end_entity/central_key.h"
#include "cmp/end_entity/issued_certificate.h"
#include "cmp/end_entity/request.h"
#include "cmp/message/cert_hash.h"
#include "cmp/message/checks.h"
#include "cmp/message/fields.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {

using asn1::PKIBody;
using asn1::PKIStatus;

namespace {

class EnrollmentTask final : public Task {
 public:
  explicit EnrollmentTask(EnrollmentOptions options) : options_(std::move(options)) {}

  const ClientOptions& options() const override { return options_; }
  PKIBody::Type request_type() const override { return options_.type; }
  PKIBody::Type response_type() const override {
    if (options_.type == PKIBody::ir) return PKIBody::ip;
    return options_.type == PKIBody::kur ? PKIBody::kup : PKIBody::cp;
  }
  std::vector<Octets> identity() const override {
    const Bytes key = options_.new_key ? options_.new_key->public_key() : Bytes{};
    const std::string central = options_.central_key ? "central " + options_.central_key->type : "";
    return {copy_of(key),        options_.certification_request,      options_.subject,
            options_.extensions, copy_of(bytes_of(options_.profile)), copy_of(bytes_of(central))};
  }

  asn1::Pvno pvno() const override {
    return options_.central_key ? asn1::Pvno::cmp2021 : asn1::Pvno::cmp2000;  // G-01, H-01
  }
  CryptoResult<PKIBody> request(asn1::Storage& storage) const override { return make_request(options_, storage); }
  void describe(GeneralInfo& info, asn1::Storage& storage) const override {
    if (options_.implicit_confirm)  // H-80
      add_info(info, asn1::id_it_implicitConfirm, asn1::encode(asn1::Null{}), storage);
    add_profile(info, options_.profile, storage);
  }

  Checked<Verdict> judge(const VerifiedResponse& response, const Environment& environment, Trail& trail) const override;
  CryptoResult<PKIBody> confirmation(const Outcome& outcome, const Environment& environment,
                                     asn1::Storage& storage) const override;
  bool restore(Outcome& outcome, const Environment& environment) const override {
    if (!options_.central_key) return is_for_our_key(outcome.certificate, options_);
    Trail trail;
    return outcome.refusal || !open_central_key(options_, nullptr, outcome, environment, trail);
  }

 private:
  std::int64_t cert_req_id() const { return options_.type == PKIBody::p10cr ? -1 : 0; }  // N-02
  Checked<Verdict> on_certificate(const VerifiedResponse& response, const asn1::CertResponse& answer,
                                  const Environment& environment, Trail& trail) const;
  std::vector<Octets> ca_pubs_of(const VerifiedResponse& response, Trail& trail) const;

  EnrollmentOptions options_;
};

/// The root that the signature of a message rests on; empty where there is none.
Octets anchor_of(const Sender& sender) {
  if (!sender.path) return {};
  const std::vector<Bytes> issuers = sender.path->issuers();
  return issuers.empty() ? sender.requester.identity : copy_of(issuers.back());
}

tl::unexpected<Refusal> refuse(const Rule& rule, std::string_view field, std::string detail, Trail& trail) {
  Refusal refusal = refused(rule, field, detail);
  trail.failed(rule, field, std::move(detail));
  return tl::unexpected(std::move(refusal));
}

Checked<Verdict> EnrollmentTask::judge(const VerifiedResponse& response, const Environment& environment,
                                       Trail& trail) const {
  const asn1::CertResponse& answer = response.message.body.cert_responses()->response.front();  // there is one
  if (answer.certReqId != cert_req_id())
    return refuse(rules::N_02, "body.response[0].certReqId",
                  fmt::format("certReqId is {} instead of {}", answer.certReqId, cert_req_id()), trail);
  switch (answer.status.status) {
    case PKIStatus::accepted:
    case PKIStatus::grantedWithMods:
      return on_certificate(response, answer, environment, trail);
    case PKIStatus::waiting:
      return Delayed{cert_req_id()};
    default:
      return Answered{};
  }
}

Checked<Verdict> EnrollmentTask::on_certificate(const VerifiedResponse& response, const asn1::CertResponse& answer,
                                                const Environment& environment, Trail& trail) const {
  const asn1::PKIMessage& message = response.message;
  const asn1::CertifiedKeyPair& pair = *answer.certifiedKeyPair;
  const auto* certificate = std::get_if<asn1::CMPCertificate>(&pair.certOrEncCert.value);
  if (certificate == nullptr)
    return refuse(rules::R_11, issued_certificate_field, "the certificate is encrypted, which was not asked for",
                  trail);
  if (pair.privateKey && !options_.central_key)
    return refuse(rules::R_12, "body.response[0].certifiedKeyPair.privateKey", std::string(rules::R_12.text), trail);

  Answered answered;
  Outcome& outcome = answered.outcome;
  outcome.certificate = copy_of(certificate->tlv);
  if (message.extraCerts) outcome.chain = issuers_of(certificate->tlv, *message.extraCerts);
  outcome.ca_pubs = ca_pubs_of(response, trail);
  outcome.refusal =
      check_issued(certificate->tlv, options_, message, environment.clock.now(), outcome.modifications, trail);
  if (options_.central_key && !outcome.refusal) {
    if (pair.privateKey) outcome.encrypted_key = asn1::encode(*pair.privateKey);
    outcome.refusal = open_central_key(options_, &message, outcome, environment, trail);
  }
  outcome.success = !outcome.refusal;
  outcome.text = outcome.refusal ? outcome.refusal->text : std::string("the certificate was issued");
  const bool implicit = options_.implicit_confirm && asks_implicit_confirm(message.header);  // H-81
  answered.confirm = !implicit;                                                              // C-01, E-02
  return answered;
}

/// The anchors in caPubs that may be taken; what else is there is passed over.
std::vector<Octets> EnrollmentTask::ca_pubs_of(const VerifiedResponse& response, Trail& trail) const {
  constexpr std::string_view field = "body.caPubs";
  const auto& ca_pubs = response.message.body.cert_responses()->caPubs;
  if (!ca_pubs || check_rule(response.message, rules::R_13, trail)) return {};
  const bool by_secret = response.sender.mac != nullptr;
  if (options_.ca_pubs == CaPubs::ignored || (options_.ca_pubs == CaPubs::if_by_secret && !by_secret)) {
    trail.failed(rules::R_14, field, "the caller takes no trust anchors from this message");
    return {};
  }
  const Octets own_anchor = anchor_of(response.sender);
  std::vector<Octets> out;
  for (const auto& anchor : *ca_pubs) {
    if (same_octets(anchor.tlv, own_anchor))
      trail.failed(rules::R_14, field, "one is the root that the protection of this message rests on");
    else
      out.push_back(copy_of(anchor.tlv));
  }
  return out;
}

/// C-02.
CryptoResult<PKIBody> EnrollmentTask::confirmation(const Outcome& outcome, const Environment& environment,
                                                   asn1::Storage& storage) const {
  auto hash = make_cert_hash(outcome.certificate, environment.crypto);
  if (!hash) return tl::unexpected(hash.error());
  PKIBody body;
  asn1::CertStatus& status = body.set<PKIBody::certConf>().emplace_back();
  status.certHash = storage.keep(std::move(hash->value));
  status.certReqId = cert_req_id();
  status.hashAlg = hash->hash_alg;  // C-04
  asn1::PKIStatusInfo& info = status.statusInfo.emplace();
  info.status = outcome.refusal ? PKIStatus::rejection : PKIStatus::accepted;
  if (outcome.refusal) {
    info.statusString.emplace().push_back({storage.keep(outcome.refusal->text)});
    if (outcome.refusal->fail_info) info.failInfo.emplace().set(*outcome.refusal->fail_info);
  }
  return body;
}

}  // namespace

tl::expected<std::unique_ptr<Task>, std::string> enrollment_task(EnrollmentOptions options, const Crypto& crypto) {
  if (auto complete = complete_options(options, crypto); !complete) return tl::unexpected(std::move(complete.error()));
  return std::make_unique<EnrollmentTask>(std::move(options));
}

}  // namespace cmpkit::cmp
