// Polling (RFC 9483 Sections 4.4 and 5.1.5): answered here while the policy decides and while upstream is on its way;
// sent upstream where upstream itself lets the client wait.
#include "cmp/registration/relay_engine.h"
#include "cmp/responder/bodies.h"
#include "cmp/responder/permissions.h"

namespace cmpkit::cmp {

Relayed Relay::Engine::answer_poll(const Authenticated& from, const Way& way, Reply reply) {
  const auto no = [&](Refusal refusal) {
    reply.trail.failed(*refusal.rule, refusal.field, refusal.text);
    return refuse(from, std::move(refusal), std::move(reply));
  };
  const Transaction* transaction = from.transaction();
  if (transaction == nullptr)  // V-52, P-04
    return no(refused(rules::V_04, "body", "no transaction of this transactionID was begun with this credential"));
  if (transaction->delayed_request.empty())  // DL-10
    return no(refused(rules::V_04, "body", "no answer is delayed in this transaction"));
  reply.trail.passed(rules::V_04, "body");
  if (!from.header().recipNonce || !same_octets(*from.header().recipNonce, transaction->sender_nonce))
    return no(refused(rules::V_20, "header.recipNonce", {}));
  reply.trail.passed(rules::V_20, "header.recipNonce");
  const auto request = innermost(transaction->delayed_request, configuration_.limits);
  if (!request) return no(unavailable("store", request.error().text()));
  if (auto refusal = check_poll(from.body(), request->body)) return no(std::move(*refusal));
  reply.trail.passed(rules::DL_03, "body.pollReq.certReqId");
  return poll_for(from, *request, way, std::move(reply));
}

Relayed Relay::Engine::poll_for(const Authenticated& from, const asn1::PKIMessage& request, const Way& way,
                                Reply reply) {
  const Transaction& transaction = *from.transaction();
  if (!transaction.arrived.empty()) return deliver_arrived(from, way, std::move(reply));
  const Admitted poll{from.received.message, from, nullptr, transaction.profile};
  if (!transaction.upstream.empty() && transaction.response.empty())  // its last message got no answer, not even ours
    return send_again(poll, way, std::move(reply));
  if (!transaction.upstream.empty())  // upstream has not answered
    return let_wait_on(poll, way, std::move(reply));
  if (!transaction.upstream_nonce.empty())  // upstream has told the client to poll
    return pass_on(poll, way, follow_up(transaction, way), std::move(reply));
  const auto delayed =
      delayed_request(transaction, [this](Received outer, Reply& opening) { return open(std::move(outer), opening); });
  if (!delayed) return refuse(from, delayed.error(), std::move(reply));  // who approved it may not do so any more
  const auto* permission = find_permission(configuration_.permissions, from, request.body.type(), delayed->approved);
  if (permission == nullptr)  // it was taken away meanwhile
    return refuse(from,
                  refused(rules::V_37, "header.sender",
                          "this credential may not send " + std::string(name_of(request.body.type()))),
                  std::move(reply));
  return go_on({request, from, permission, transaction.profile}, way, std::move(reply));
}

/// To an upstream that is online and was not available: the new poll in place of the last one; a request as it was.
Relayed Relay::Engine::send_again(const Admitted& poll, const Way& way, Reply reply) {
  const auto sent = innermost(poll.transaction()->upstream, own_limits_);
  if (sent && sent->body.type() == asn1::PKIBody::pollReq)
    return pass_on(poll, way, follow_up(*poll.transaction(), way), std::move(reply));
  Change change;
  const Transaction& transaction = change.transaction.emplace(transaction_of(poll, way));
  if (auto otherwise = store(poll, change, reply)) return std::move(*otherwise);
  return {{}, {forward_of(transaction, way)}, {}};
}

/// Another poll while the message is on its way; or after there was no answer, so that it is sent again.
Relayed Relay::Engine::let_wait_on(const Admitted& poll, const Way& way, Reply reply) {
  const Waiting waiting{way.peer->settings->check_after, "the certification authority has not answered yet"};
  Change change;
  Transaction& transaction = change.transaction.emplace(transaction_of(poll, way));
  auto answer = waiting_answer(poll, waiting, transaction.sender_nonce);
  if (!answer)
    return {answer_error(poll.header(), &poll.from, unavailable("protection", answer.error().text), reply), {}, {}};
  transaction.response = std::move(*answer);
  ++transaction.polls;
  const bool again = transaction.state == Transaction::State::delayed;
  const bool alone = way.peer->settings->batch == 0;
  if (again) {
    transaction.state = alone ? Transaction::State::relayed : Transaction::State::queued;
    transaction.deadline = now() + way.peer->settings->give_up;
  }
  if (auto otherwise = store(poll, change, reply)) return std::move(*otherwise);
  Relayed out;
  if (again && alone) out.forwards.push_back(forward_of(transaction, way));
  reply.octets = transaction.response;
  reply.response = name_of(asn1::PKIBody::pollRep);
  out.reply = std::move(reply);
  return out;
}

/// What has come from upstream while the client waited.
Relayed Relay::Engine::deliver_arrived(const Authenticated& from, const Way& way, Reply reply) {
  const Octets& octets = from.transaction()->arrived;
  const auto answer = asn1::decode<asn1::PKIMessage>(octets, configuration_.limits);
  if (!answer) return refuse(from, unavailable("store", answer.error().text()), std::move(reply));
  Delivery delivery{transaction_of({from.received.message, from, nullptr, {}}, way), *answer, octets};
  delivery.transaction.arrived.clear();
  delivery.poll_nonce = *from.header().senderNonce;
  auto relayed = deliver(std::move(delivery), reply);
  if (!relayed) return answer_anew(from, std::move(reply));
  if (!relayed->reply) return {answer_error(from.header(), &from, *relayed->refusal, reply), {}, {}};
  return std::move(*relayed);
}

}  // namespace cmpkit::cmp
