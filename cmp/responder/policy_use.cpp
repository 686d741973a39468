// Where the policy (policy.h) is asked about a request, and told what came of it.
#include "cmp/message/checks.h"
#include "cmp/responder/engine.h"
#include "cmpkit/asn1/body_type.h"
#include "cmpkit/asn1/names.h"

namespace cmpkit::cmp {

using asn1::PKIBody;

namespace {

/// The grant, made part of the request. An error where the policy's octets are not what they are to be: that is for our
/// logs.
Checked<void> apply(const PolicyGrant& grant, Authorised& authorised) {
  constexpr std::string_view field = "body.certTemplate";
  const bool changes = grant.subject || grant.extensions || !grant.profile.empty();
  if (!changes) return {};
  if (authorised.request.type == PKIBody::kur)  // it is bound to its certificate
    return tl::unexpected(refused(rules::A_41, field, "what a key update asks for would have to be changed"));
  if (grant.subject) {
    authorised.subject = *grant.subject;
    authorised.request.subject = {authorised.subject};
  }
  if (grant.extensions) {
    authorised.changed_extensions = *grant.extensions;
    auto extensions = asn1::decode<asn1::Extensions>(authorised.changed_extensions);
    if (!extensions) return tl::unexpected(unavailable(field, "the policy's extensions: " + extensions.error().text()));
    authorised.extensions = std::move(*extensions);
    authorised.request.extensions = &*authorised.extensions;
  }
  authorised.changed_by_policy = grant.subject || grant.extensions;
  if (!grant.profile.empty()) {
    authorised.profile = grant.profile;
    authorised.request.profile = authorised.profile;
  }
  return {};
}

/// The type of the request that a certConf belongs to, as far as the transaction tells.
PKIBody::Type request_of(const Transaction& transaction) {
  if (!transaction.updates.empty()) return PKIBody::kur;
  if (asn1::body_type(transaction.response) == PKIBody::ip) return PKIBody::ir;
  const bool by_pkcs10 = !transaction.granted.empty() && transaction.granted.front().cert_req_id == -1;
  return by_pkcs10 ? PKIBody::p10cr : PKIBody::cr;
}

}  // namespace

PolicyDecision Responder::Engine::ask_policy(const Admitted& operation, PolicyQuestion question) const {
  if (configuration_.policy == nullptr) return PolicyGrant{};
  question.type = operation.body().type();
  question.requester = &operation.sender().requester;
  question.permission = operation.permission;
  question.transaction_id = *operation.header().transactionID;
  return configuration_.policy->decide(question, now());
}

/// The policy's word about one request for a certificate; nothing where it may go on.
std::optional<Decision> Responder::Engine::ask_policy(const Admitted& operation, Authorised& authorised) const {
  PolicyQuestion question;
  question.certificate = &authorised.request;
  PolicyDecision decision = ask_policy(operation, question);
  if (auto* refusal = std::get_if<Refusal>(&decision)) return std::move(*refusal);
  if (auto* waiting = std::get_if<Waiting>(&decision)) return std::move(*waiting);
  authorised.granted_by_policy = true;
  if (auto applied = apply(std::get<PolicyGrant>(decision), authorised); !applied) return std::move(applied.error());
  return {};
}

void Responder::Engine::tell_policy(const PolicyOutcome& outcome, Response& answer) const {
  if (configuration_.policy == nullptr) return;
  auto devices = configuration_.policy->learn(outcome, now());
  if (!devices.empty()) answer.is_stored = true;
  answer.devices.insert(answer.devices.end(), std::make_move_iterator(devices.begin()),
                        std::make_move_iterator(devices.end()));
}

void Responder::Engine::tell_policy(const Admitted& operation, PolicyOutcome::Kind kind, Response& answer,
                                    Bytes certificate, Bytes serial, std::string_view text) const {
  PolicyOutcome outcome;
  outcome.kind = kind;
  outcome.type = operation.body().type();
  outcome.requester = &operation.sender().requester;
  outcome.certificate = certificate;
  outcome.serial = serial;
  outcome.transaction_id = *operation.header().transactionID;
  outcome.text = text;
  tell_policy(outcome, answer);
}

/// What a certConf, or its absence (`requester` null), comes to.
void Responder::Engine::tell_confirmed(const Transaction& transaction, const Requester* requester, Bytes certificate,
                                       bool accepted, Response& answer) const {
  PolicyOutcome outcome;
  outcome.kind = accepted ? PolicyOutcome::Kind::confirmed : PolicyOutcome::Kind::rejected;
  outcome.type = request_of(transaction);
  outcome.requester = requester;
  outcome.certificate = certificate;
  outcome.transaction_id = transaction.transaction_id;
  tell_policy(outcome, answer);
}

}  // namespace cmpkit::cmp
