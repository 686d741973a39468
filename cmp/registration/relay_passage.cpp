// Passing on: what upstream gets is stored before it is sent, so that it can be sent again, and its answer be taken, by
// whoever comes after us (RFC 9483 Sections 5.1.5 and 5.2).
#include "cmp/registration/relay_engine.h"

namespace cmpkit::cmp {

using asn1::PKIBody;

CryptoResult<Octets> Relay::Engine::upstream_message(const Admitted& operation, const Peer& peer,
                                                     const Passage& passage) const {
  const asn1::PKIMessage& message = operation.request;
  if (passage.forwarding == Forwarding::unchanged) return copy_of(operation.octets());
  if (passage.forwarding == Forwarding::replace && peer.signer)
    return replace_protection(message, passage.alterations, *peer.signer, now());
  if (passage.forwarding == Forwarding::add) {
    const auto inner = innermost_octets(operation.octets(), configuration_.limits);
    if (!inner) return tl::unexpected(CryptoError{CryptoError::Kind::failure, inner.error().text()});
    return approve(message.header, *inner, peer.settings->recipient, *peer.signer, now());
  }
  const auto protector = make_protector(*peer.settings->credential, environment_, configuration_.mac_limits);
  if (!protector) return tl::unexpected(protector.error());
  return replace_protection(message, passage.alterations, **protector, now());  // a MAC has fresh parameters
}

/// The stored transaction of the operation, or a new one.
Transaction Relay::Engine::transaction_of(const Admitted& operation, const Way& way) const {
  const Authenticated& from = operation.from;
  Transaction transaction;
  if (const auto* running = operation.transaction()) {
    transaction = *running;
  } else {
    transaction.sender = from.sender_key;
    transaction.transaction_id = copy_of(*operation.header().transactionID);
    transaction.by_secret = from.by_secret();
    transaction.route = way.route->name;
    transaction.operation = name_of(operation.body().type());
    transaction.profile = operation.profile;
  }
  keep_certificates(from, transaction);
  transaction.request_digest = from.request_digest;
  transaction.request_nonce = copy_of(*from.header().senderNonce);
  return transaction;
}

Forward Relay::Engine::forward_of(const Transaction& transaction, const Way& way) const {
  Forward out;
  out.ticket = ticket_under_way(transaction);
  out.upstream = way.peer->settings->name;
  out.message = transaction.upstream;
  out.profile = way.route->profile.empty() ? transaction.profile : way.route->profile;
  const auto message = innermost(out.message, own_limits_);
  if (!message) return out;
  const PKIBody& body = message->body;
  out.operation = body.type();
  // RFC 9483 Section 6.1: what follows a request goes to the same endpoint.
  for (const auto request : {PKIBody::ir, PKIBody::cr, PKIBody::kur, PKIBody::p10cr, PKIBody::rr})
    if (name_of(request) == transaction.operation) out.operation = request;
  if (const auto* questions = body.get<PKIBody::genm>(); questions != nullptr && !questions->empty())
    out.information = copy_of(questions->front().infoType.octets);
  return out;
}

CryptoResult<Octets> Relay::Engine::waiting_answer(const Admitted& operation, const Waiting& waiting,
                                                   Octets& nonce) const {
  const Authenticated& from = operation.from;
  asn1::Storage storage;
  const asn1::PKIHeader header = answer_header(from.header(), storage);
  const bool polls = from.body().type() == PKIBody::pollReq;
  const PKIBody body =
      polls ? poll_response(from.body(), waiting, storage) : waiting_body(operation.body(), waiting, storage);
  nonce = copy_of(*header.senderNonce);
  return encode_answer(from.sender, header, body, {});
}

/// Stores the change; a lost race begins anew. Null: it is stored.
std::optional<Relayed> Relay::Engine::store(const Admitted& operation, const Change& change, Reply& reply) {
  const Authenticated& from = operation.from;
  const auto stored = store_.commit(change);
  if (!stored)
    return Relayed{answer_error(from.header(), &from, unavailable("store", stored.error().text), reply), {}, {}};
  switch (*stored) {
    case Commit::done:
      return {};
    case Commit::over_quota:
      return refuse(from,
                    refused(rules::E_30, "header.transactionID",
                            "too many transactions are open: finish those that are, or try again later"),
                    std::move(reply));
    case Commit::secret_used_up:
      return refuse(from, refused(rules::V_37, "header.senderKID", "this secret was used as often as it may be"),
                    std::move(reply));
    default:
      return answer_anew(from, std::move(reply));
  }
}

Quota Relay::Engine::quota_of(const Admitted& operation) const {
  Quota quota = configuration_.quota;
  if (operation.permission == nullptr || operation.permission->on_behalf) quota.per_sender = 0;
  return quota;
}

Relayed Relay::Engine::pass_on(const Admitted& operation, const Way& way, const Passage& passage, Reply reply) {
  const Authenticated& from = operation.from;
  const auto error = [&](std::string_view cause) -> Relayed {
    return {answer_error(from.header(), &from, unavailable("protection", cause), reply), {}, {}};
  };
  auto message = upstream_message(operation, *way.peer, passage);
  if (!message) return error(message.error().text);

  const Upstream& upstream = *way.peer->settings;
  Change change;
  Transaction& transaction = change.transaction.emplace(transaction_of(operation, way));
  transaction.upstream = std::move(*message);
  transaction.replaced = passage.forwarding == Forwarding::replace;
  if (!passage.alterations.profile.empty()) transaction.profile = passage.alterations.profile;  // for the URL
  if (operation.body().type() != PKIBody::pollReq) transaction.delayed_request = copy_of(operation.octets());
  transaction.state = upstream.batch == 0 ? Transaction::State::relayed : Transaction::State::queued;
  transaction.deadline = now() + (upstream.online ? configuration_.remember : upstream.give_up);
  transaction.response.clear();
  if (!upstream.online) {  // A-60, DL-11
    const Waiting waiting{upstream.check_after, "the request is on its way to the certification authority"};
    auto answer = waiting_answer(operation, waiting, transaction.sender_nonce);
    if (!answer) return error(answer.error().text);
    transaction.response = std::move(*answer);
  }
  change.quota = quota_of(operation);
  if (from.by_secret() && is_certificate_request(operation.body().type()))  // before upstream grants it twice
    change.secret_used = text_of(from.sender.requester.identity);
  change.audit.push_back(audit_entry(from, "forwarded", reply));
  if (auto otherwise = store(operation, change, reply)) return std::move(*otherwise);

  Relayed out;
  if (upstream.batch == 0) out.forwards.push_back(forward_of(transaction, way));
  if (upstream.online) return out;
  reply.octets = transaction.response;
  reply.response = "waiting";
  out.reply = std::move(reply);
  return out;
}

/// The policy has not decided: the client polls, and the same question is asked again then (DL-11).
Relayed Relay::Engine::let_wait(const Admitted& operation, const Way& way, const Waiting& waiting, Reply reply) {
  const Authenticated& from = operation.from;
  Change change;
  Transaction& transaction = change.transaction.emplace(transaction_of(operation, way));
  auto answer = waiting_answer(operation, waiting, transaction.sender_nonce);
  if (!answer)
    return {answer_error(from.header(), &from, unavailable("protection", answer.error().text), reply), {}, {}};
  if (!operation.is_polled()) {
    transaction.state = Transaction::State::delayed;
    transaction.deadline = now() + configuration_.max_delay;
    transaction.delayed_request = copy_of(operation.octets());
    change.audit.push_back(audit_entry(from, "waiting", reply));
  } else {
    ++transaction.polls;
  }
  transaction.response = std::move(*answer);
  change.quota = quota_of(operation);
  if (auto otherwise = store(operation, change, reply)) return std::move(*otherwise);
  reply.octets = transaction.response;
  reply.response = "waiting";
  return {std::move(reply), {}, {}};
}

}  // namespace cmpkit::cmp
