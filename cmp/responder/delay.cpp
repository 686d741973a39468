// Delayed delivery: an answer that is not decided yet, and the polling for it (RFC 9483 Sections 4.4 and 5.1.5).
//
// The request is kept whole. A pollReq carries it out again, as if it had come only now: what was not decided then may
// be now. So nothing but the request has to survive the wait.
#include "cmp/responder/bodies.h"
#include "cmp/responder/engine.h"
#include "cmp/responder/permissions.h"

namespace cmpkit::cmp {

using asn1::PKIBody;

std::optional<Waiting> Responder::Engine::delay(const Admitted& operation) const {
  if (configuration_.delay == nullptr) return {};
  const auto* transaction = operation.transaction();
  const auto time =
      configuration_.delay->delay(operation.body().type(), operation.is_polled() ? transaction->polls : 0);
  return time ? std::optional(Waiting{*time, "the answer is not ready yet"}) : std::nullopt;
}

Reply& Responder::Engine::answer_waiting(const Admitted& operation, const Waiting& waiting, Reply& reply) {
  asn1::Storage storage;
  const asn1::PKIHeader header = answer_header(operation.header(), storage);
  const auto type = operation.body().type();
  const PKIBody body = waiting_body(operation.body(), waiting, storage);
  auto octets = encode_answer(operation.sender(), header, body, {});
  if (!octets)
    return answer_error(operation.header(), &operation.from, unavailable("protection", octets.error().text), reply);
  reply.response = "waiting";
  Change change;
  auto& transaction = change.transaction.emplace(transaction_of(operation));
  if (type != PKIBody::certConf) transaction.state = Transaction::State::delayed;
  transaction.delayed_request = copy_of(operation.octets());
  transaction.profile = operation.profile;
  transaction.polls = 0;
  transaction.deadline = now() + configuration_.max_delay;
  transaction.sender_nonce = copy_of(*header.senderNonce);
  keep_certificates(operation.from, transaction);
  change.quota = quota(operation);
  change.audit.push_back(audit_entry(operation.from, "waiting", reply));
  return commit(operation.from, std::move(change), std::move(*octets), reply);
}

Reply& Responder::Engine::answer_poll(const Authenticated& from, Reply& reply) {
  const auto error = [&](Refusal refusal) -> Reply& {
    reply.trail.failed(*refusal.rule, refusal.field, refusal.text);
    return refuse(from, std::move(refusal), reply);
  };
  const Transaction* transaction = from.transaction();
  if (transaction == nullptr)  // V-52, P-04
    return error(refused(rules::V_04, "body", "no transaction of this transactionID was begun with this credential"));
  if (transaction->delayed_request.empty())  // DL-10
    return error(refused(rules::V_04, "body", "no answer is delayed in this transaction"));
  reply.trail.passed(rules::V_04, "body");
  if (!from.header().recipNonce || !same_octets(*from.header().recipNonce, transaction->sender_nonce))
    return error(refused(rules::V_20, "header.recipNonce", {}));
  reply.trail.passed(rules::V_20, "header.recipNonce");

  const auto delayed =
      delayed_request(*transaction, [this](Received outer, Reply& opening) { return open(std::move(outer), opening); });
  if (!delayed) return error(delayed.error());
  if (auto refusal = check_poll(from.body(), delayed->request.body)) return error(std::move(*refusal));
  reply.trail.passed(rules::DL_03, "body.pollReq.certReqId");

  Admitted operation{delayed->request, from, nullptr, transaction->profile};
  if (auto refusal = authorise_again(operation, delayed->approved, reply)) return error(std::move(*refusal));
  Performed performed = perform(operation, reply);
  if (const auto* waiting = std::get_if<Waiting>(&performed)) return answer_still_waiting(operation, *waiting, reply);
  if (auto* refusal = std::get_if<Refusal>(&performed)) {
    if (refusal->rule == &rules::E_30) return error(std::move(*refusal));  // it waits on: the next poll may succeed
    performed = error_answer(std::move(*refusal));
  }
  return finish(operation, std::get<Response>(std::move(performed)), reply);
}

/// While a client waited, its certificate may have been revoked, or its rights taken away.
std::optional<Refusal> Responder::Engine::authorise_again(Admitted& operation, bool approved, Reply& reply) const {
  const auto type = operation.body().type();
  if (type == PKIBody::certConf) return {};
  if (auto refusal = check_own_status(operation.from, type, reply)) return refusal;
  operation.permission = find_permission(configuration_.permissions, operation.from, type, approved);
  if (operation.permission != nullptr) return {};
  return refused(rules::V_37, "header.sender", "this credential may not send " + std::string(name_of(type)));
}

Reply& Responder::Engine::answer_still_waiting(const Admitted& operation, const Waiting& waiting, Reply& reply) {
  const Authenticated& from = operation.from;
  asn1::Storage storage;
  const asn1::PKIHeader header = answer_header(from.header(), storage);
  const PKIBody body = poll_response(from.body(), waiting, storage);
  auto octets = encode_answer(from.sender, header, body, {});
  if (!octets) return answer_error(from.header(), &from, unavailable("protection", octets.error().text), reply);
  reply.response = name_of(body.type());
  Change change;
  auto& transaction = change.transaction.emplace(*from.transaction());
  transaction.sender_nonce = copy_of(*header.senderNonce);
  ++transaction.polls;
  return commit(from, std::move(change), std::move(*octets), reply);
}

}  // namespace cmpkit::cmp
