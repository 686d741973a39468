// The arrows of the client's state machine (RFC 9483 Sections 4.1 and 4.4).
#include "cmp/end_entity/machine.h"

#include <fmt/format.h>

#include "cmp/end_entity/issued_certificate.h"
#include "cmp/end_entity/request.h"
#include "cmp/message/checks.h"
#include "cmp/message/fields.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {

using asn1::PKIBody;
using asn1::PKIMessage;
using asn1::PKIStatus;

namespace {

class OneSecret final : public SharedSecrets {
 public:
  explicit OneSecret(const SecretCredential& credential) : credential_(credential) {}
  std::optional<Octets> find(Bytes reference) const override {
    return same_octets(reference, credential_.reference) ? std::optional(credential_.secret) : std::nullopt;
  }

 private:
  SecretCredential credential_;
};

PKIBody::Type response_type(PKIBody::Type request) {
  switch (request) {
    case PKIBody::ir:
      return PKIBody::ip;
    case PKIBody::kur:
      return PKIBody::kup;
    default:
      return PKIBody::cp;
  }
}

std::string joined(const std::optional<asn1::PKIFreeText>& text) {
  std::string out;
  if (text)
    for (const auto& line : *text) out += (out.empty() ? "" : "; ") + std::string(line.text);
  return out;
}

std::optional<FailInfo> first_bit(const std::optional<asn1::PKIFailureInfo>& info) {
  if (info)
    for (unsigned bit = 0; bit <= asn1::PKIFailureInfo::duplicateCertReq; ++bit)
      if (info->has(bit)) return static_cast<FailInfo>(bit);
  return {};
}

Outcome outcome_of(const asn1::PKIStatusInfo& info) {
  Outcome outcome;
  outcome.status = info.status;
  outcome.fail_info = first_bit(info.failInfo);
  outcome.server_text = joined(info.statusString);
  outcome.authenticated = true;
  return outcome;
}

}  // namespace

// --- the public face
// --------------------------------------------------------------------------------------------------

Enrollment::Enrollment(std::unique_ptr<Machine> machine) : machine_(std::move(machine)) {}
Enrollment::Enrollment(Enrollment&&) noexcept = default;
Enrollment& Enrollment::operator=(Enrollment&&) noexcept = default;
Enrollment::~Enrollment() = default;

tl::expected<Enrollment, std::string> Enrollment::create(EnrollmentOptions options, Environment environment) {
  if (auto complete = complete_options(options); !complete) return tl::unexpected(complete.error());
  auto machine = std::make_unique<Machine>(std::move(options), environment);
  if (auto prepared = machine->prepare(); !prepared) return tl::unexpected(prepared.error());
  return Enrollment(std::move(machine));
}

Output Enrollment::start() { return machine_->start(); }
Output Enrollment::receive(Bytes der) { return machine_->receive(der); }
Output Enrollment::wake() { return machine_->wake(); }
const Trail& Enrollment::trail() const { return machine_->trail; }
std::string_view Enrollment::last_received() const { return machine_->last_received; }

// --- the arrows
// -------------------------------------------------------------------------------------------------------

Enrollment::Machine::Machine(EnrollmentOptions options, Environment environment)
    : options_(std::move(options)), environment_(environment) {
  if (const auto* secret = std::get_if<SecretCredential>(&options_.credential))
    secret_ = std::make_unique<OneSecret>(*secret);
  recipient_ =
      asn1::encode(asn1::GeneralName::of(options_.recipient.empty() ? asn1::null_dn : asn1::Name{options_.recipient}));
}

tl::expected<void, std::string> Enrollment::Machine::prepare() {
  auto protector = make_protector(options_.credential, environment_, options_.mac_limits);
  if (!protector) return tl::unexpected(protector.error().text);
  protector_ = std::move(*protector);
  if (!asn1::decode<asn1::GeneralName>(recipient_))
    return tl::unexpected<std::string>("the recipient is no distinguished name");
  return {};
}

Output Enrollment::Machine::start() {
  asn1::Storage storage;
  const auto body = make_request(options_, storage);
  if (!body) return fail(rules::E_30, "body", body.error().text);
  asn1::PKIHeader header = next_header(storage);
  asn1::SequenceOf<asn1::InfoTypeAndValue, 1> info;
  if (options_.implicit_confirm)  // H-80
    info.push_back({asn1::id_it_implicitConfirm, asn1::Any{storage.keep(asn1::encode(asn1::Null{}))}});
  if (!options_.profile.empty()) {  // H-83
    const asn1::CertProfileValue names{{options_.profile}};
    info.push_back({asn1::id_it_certProfile, asn1::Any{storage.keep(asn1::encode(names))}});
  }
  if (!info.empty()) header.generalInfo = std::move(info);
  state_ = AwaitingResponse{our_nonce_, {}};
  return send(header, *body);
}

Output Enrollment::Machine::receive(Bytes der) {
  const auto message = asn1::decode<PKIMessage>(der, options_.limits);
  if (!message) return fail(rules::V_01, "message", message.error().text());
  trail.passed(rules::V_01, "message");
  last_received = name_of(message->body.type());
  // An error that nobody signed may also lack what a good message has (E-15): it is reported, never believed more.
  if (message->body.type() == PKIBody::error && !message->protection) return on_error(*message, false);
  if (auto refusal = check_received(*message)) return fail(std::move(*refusal));
  their_nonce_ = copy_of(*message->header.senderNonce);
  recipient_ = asn1::encode(message->header.sender);
  if (message->body.type() == PKIBody::error) return on_error(*message, true);
  if (auto* response = std::get_if<AwaitingResponse>(&state_)) return on_response(std::move(*response), *message);
  if (auto* confirmation = std::get_if<AwaitingConfirmation>(&state_))
    return on_confirmed(std::move(*confirmation), *message);
  return fail(rules::V_04, "body", "no message is expected now");
}

Output Enrollment::Machine::on_response(AwaitingResponse state, const PKIMessage& message) {
  if (message.body.type() == PKIBody::pollRep && state.poll_until) return on_poll_response(std::move(state), message);
  if (message.body.type() != response_type(options_.type))
    return fail(rules::V_51, "body",
                fmt::format("a {} came in answer to the {}", name_of(message.body.type()), name_of(options_.type)));
  trail.passed(rules::V_51, "body");
  if (auto refusal = check_message(message, Stage::body, trail)) return fail(std::move(*refusal));
  const asn1::CertResponse& response = message.body.cert_responses()->response.front();
  const std::int64_t expected = options_.type == PKIBody::p10cr ? -1 : 0;  // N-02
  if (response.certReqId != expected)
    return fail(rules::N_02, "body.response[0].certReqId",
                fmt::format("certReqId is {} instead of {}", response.certReqId, expected));
  switch (response.status.status) {
    case PKIStatus::accepted:
    case PKIStatus::grantedWithMods:
      return on_certificate(message, response);
    case PKIStatus::waiting:
      return on_waiting(std::move(state), expected, std::chrono::seconds{5});  // DL-12
    default: {
      Outcome outcome = outcome_of(response.status);
      outcome.text = "the server refused: " + outcome.server_text;
      return finish(std::move(outcome));
    }
  }
}

Output Enrollment::Machine::on_certificate(const PKIMessage& message, const asn1::CertResponse& response) {
  Outcome outcome = outcome_of(response.status);
  const asn1::CertifiedKeyPair& pair = *response.certifiedKeyPair;
  const auto* certificate = std::get_if<asn1::CMPCertificate>(&pair.certOrEncCert.value);
  if (certificate == nullptr)
    return fail(rules::R_11, "body.response[0].certifiedKeyPair",
                "the certificate is encrypted, which was not asked for");
  if (pair.privateKey) return fail(rules::R_12, "body.response[0].certifiedKeyPair.privateKey", {});
  outcome.certificate = copy_of(certificate->tlv);
  if (message.extraCerts) outcome.chain = issuers_of(certificate->tlv, *message.extraCerts);
  const auto& ca_pubs = message.body.cert_responses()->caPubs;
  if (options_.accept_ca_pubs && ca_pubs && message.body.type() == PKIBody::ip)
    for (const auto& anchor : *ca_pubs) outcome.ca_pubs.push_back(copy_of(anchor.tlv));

  auto refusal = check_issued(certificate->tlv, options_, message, environment_.clock.now(), trail);
  outcome.success = !refusal;
  outcome.text = refusal ? refusal->text : std::string("the certificate was issued");
  outcome.refusal = refusal;
  const bool implicit = options_.implicit_confirm && asks_implicit_confirm(message.header);  // H-81
  if (implicit) return finish(std::move(outcome));
  return send_confirmation(std::move(outcome), refusal ? &*refusal : nullptr);  // C-01, E-02
}

Output Enrollment::Machine::on_waiting(AwaitingResponse state, std::int64_t cert_req_id,
                                       std::chrono::seconds check_after) {
  const Time now = environment_.clock.now();
  if (!state.poll_until) state.poll_until = now + options_.max_poll_time;
  const Time wake_at = now + check_after;
  if (wake_at > *state.poll_until)
    return fail(rules::DL_05, "body", "the server lets us wait longer than the time allowed for polling");
  state_ = Polling{std::move(state), cert_req_id};
  Output out;
  out.wake_at = wake_at;
  return out;
}

Output Enrollment::Machine::wake() {
  auto* polling = std::get_if<Polling>(&state_);
  if (polling == nullptr) return fail(rules::V_04, "body", "there is nothing to poll for");
  AwaitingResponse next = std::move(polling->next);
  PKIBody body;
  body.set<PKIBody::pollReq>().push_back({polling->cert_req_id});  // DL-03
  asn1::Storage storage;
  const asn1::PKIHeader header = next_header(storage);
  state_ = std::move(next);
  return send(header, body);
}

Output Enrollment::Machine::on_poll_response(AwaitingResponse state, const PKIMessage& message) {
  const auto& content = *message.body.get<PKIBody::pollRep>();
  const std::int64_t expected = options_.type == PKIBody::p10cr ? -1 : 0;
  if (content.size() != 1 || content.front().certReqId != expected || content.front().checkAfter < 0)
    return fail(rules::DL_04, "body.pollRep", {});
  trail.passed(rules::DL_04, "body.pollRep");
  constexpr std::int64_t longest = std::chrono::seconds(std::chrono::years{1}).count();
  const std::chrono::seconds check_after{std::min(content.front().checkAfter, longest)};
  return on_waiting(std::move(state), expected, check_after);
}

Output Enrollment::Machine::on_confirmed(AwaitingConfirmation state, const PKIMessage& message) {
  if (message.body.type() != PKIBody::pkiconf)
    return fail(rules::V_51, "body", fmt::format("a {} came in answer to the certConf", name_of(message.body.type())));
  trail.passed(rules::V_51, "body");
  return finish(std::move(state.outcome));
}

Output Enrollment::Machine::on_error(const PKIMessage& message, bool authenticated) {
  const asn1::ErrorMsgContent& error = *message.body.get<PKIBody::error>();
  Outcome outcome = outcome_of(error.pKIStatusInfo);
  outcome.authenticated = authenticated;
  const std::string details = joined(error.errorDetails);
  if (!details.empty()) outcome.server_text += (outcome.server_text.empty() ? "" : "; ") + details;
  outcome.text = "the server answered with an error: " + outcome.server_text;
  if (!authenticated && !options_.accept_unprotected_errors) {
    outcome.refusal =
        refused(rules::E_15, "protection", "the error message is not protected: anybody may have sent it");
    trail.failed(rules::E_15, "protection", outcome.refusal->text);
  }
  return finish(std::move(outcome));
}

Output Enrollment::Machine::finish(Outcome outcome) {
  state_ = Done{};
  Output out;
  out.done = std::move(outcome);
  return out;
}

/// E-03, V-61: the operation ends; nothing is sent.
Output Enrollment::Machine::fail(Refusal refusal) {
  Outcome outcome;
  outcome.text = refusal.text;
  outcome.refusal = std::move(refusal);
  return finish(std::move(outcome));
}

Output Enrollment::Machine::fail(const Rule& rule, std::string_view field, std::string_view detail) {
  trail.failed(rule, field, std::string(detail.empty() ? rule.text : detail));
  return fail(refused(rule, field, detail));
}

}  // namespace cmpkit::cmp
