// What the RA refuses, and what it says where upstream has no answer.
#include "cmp/registration/relay_engine.h"
#include "cmp/registration/ticket.h"

namespace cmpkit::cmp {

using asn1::PKIBody;

Relayed Relay::Engine::answer_anew(const Authenticated& from, Reply reply) {
  Arrived again = from.received;
  if (++again.attempt <= most_attempts) return receive(std::move(again));
  return {
      answer_error(from.header(), &from, unavailable("store", "other requests change the same again and again"), reply),
      {},
      {}};
}

/// An error to who is authenticated, once it is in the audit log.
Relayed Relay::Engine::refuse(const Authenticated& from, Refusal refusal, Reply reply) {
  const auto moved = has_moved(from);
  if (moved && *moved && from.received.attempt < most_attempts) return answer_anew(from, std::move(reply));
  const auto& checks = reply.trail.checks();
  if (checks.empty() || checks.back().passed) reply.trail.failed(*refusal.rule, refusal.field, refusal.text);
  reply.refusal = std::move(refusal);
  Change change;
  change.audit.push_back(audit_entry(from, "refused", reply));
  const auto stored = moved ? store_.commit(change) : tl::unexpected(moved.error());
  if (!stored) return {answer_error(from.header(), &from, unavailable("store", stored.error().text), reply), {}, {}};
  return {answer_error(from.header(), &from, *reply.refusal, reply), {}, {}};
}

/// E-10. Where the client polled for it, its transaction is over.
Relayed Relay::Engine::refuse_in_body(const Admitted& operation, Response response, Reply reply) {
  const Authenticated& from = operation.from;
  const asn1::PKIHeader header = answer_header(operation.header(), response.storage);
  auto octets = encode_answer(from.sender, header, response.body, {});
  if (!octets)
    return {answer_error(from.header(), &from, unavailable("protection", octets.error().text), reply), {}, {}};
  reply.response = name_of(response.body.type());
  reply.refusal = response.refusal;
  Change change;
  change.audit.push_back(audit_entry(from, "refused", reply));
  if (operation.transaction() != nullptr) {
    Transaction& transaction = change.transaction.emplace(*operation.transaction());
    transaction.state = Transaction::State::done;
    transaction.deadline = now() + configuration_.remember;
    transaction.delayed_request.clear();
    transaction.response = *octets;
    transaction.request_digest = from.request_digest;
    transaction.request_nonce = copy_of(*from.header().senderNonce);
  }
  const auto stored = store_.commit(change);
  if (!stored) return {answer_error(from.header(), &from, unavailable("store", stored.error().text), reply), {}, {}};
  if (*stored != Commit::done) return answer_anew(from, std::move(reply));
  reply.octets = std::move(*octets);
  return {std::move(reply), {}, {}};
}

/// An error of ours in the place of upstream's answer, where the client waits for one in this exchange. Nothing is
/// stored: it may ask again.
Relayed Relay::Engine::report(const Transaction& transaction, Refusal refusal, Reply reply) const {
  Relayed out;
  out.refusal = refusal;
  if (!transaction.response.empty()) return out;
  reply.response = name_of(PKIBody::error);
  reply.refusal = refusal;
  reply.octets = own_error(transaction, refusal);
  out.reply = std::move(reply);
  return out;
}

/// Protected in kind of the client's message that is not answered.
Octets Relay::Engine::own_error(const Transaction& transaction, const Refusal& refusal) const {
  asn1::Storage storage;
  const auto client = innermost(transaction.delayed_request, configuration_.limits);
  const asn1::PKIHeader request = client ? client->header : asn1::PKIHeader{};
  asn1::PKIHeader header = answer_header(request, storage);
  header.transactionID = transaction.transaction_id;
  header.recipNonce = transaction.request_nonce;
  PKIBody body;
  body.set<PKIBody::error>().pKIStatusInfo = rejection(refusal, storage);
  auto octets = encode_answer(sender_of(transaction, request), header, body, {});
  if (!octets) octets = encode_message(header, body, *signature_protector_, {});  // the secret may be gone meanwhile
  return octets.value_or(Octets{});
}

/// The same as if upstream had sent it, for the client to fetch when it polls: without protection, which it gets then.
Octets Relay::Engine::own_word(const Transaction& transaction, const Refusal& refusal) const {
  asn1::Storage storage;
  const auto client = innermost(transaction.delayed_request, configuration_.limits);
  asn1::PKIMessage message;
  message.header = answer_header(client ? client->header : asn1::PKIHeader{}, storage);
  message.header.transactionID = transaction.transaction_id;
  message.header.sender = asn1::GeneralName::of(asn1::null_dn);
  message.body.set<PKIBody::error>().pKIStatusInfo = rejection(refusal, storage);
  return asn1::encode(message);
}

/// An error to whom we know no more of than the ticket says: signed.
Relayed Relay::Engine::unknown_ticket(std::string_view ticket, Refusal refusal) const {
  asn1::PKIHeader request;
  const auto stored = stored_ticket(ticket);
  const auto transparent = transparent_ticket(ticket);
  if (stored) request.transactionID = stored->transaction_id;
  if (transparent) request.transactionID = transparent->transaction_id;
  if (transparent && !transparent->nonce.empty()) request.senderNonce = transparent->nonce;
  request.sender = asn1::GeneralName::of(asn1::null_dn);
  Reply reply{};
  Relayed out;
  out.refusal = refusal;
  out.reply = answer_error(request, nullptr, std::move(refusal), reply);
  return out;
}

}  // namespace cmpkit::cmp
