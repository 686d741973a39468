// What upstream answers: found by its ticket, checked like any response (RFC 9483 Section 3.5), and delivered
// downstream or kept until the client polls.
#include <algorithm>

#include "cmp/end_entity/status.h"
#include "cmp/message/nested_message.h"
#include "cmp/protection/authenticate.h"
#include "cmp/registration/relay_engine.h"
#include "cmp/registration/ticket.h"
#include "cmpkit/asn1/names.h"
#include "cmpkit/cmp/audit.h"

namespace cmpkit::cmp {

using asn1::PKIBody;
using asn1::PKIMessage;

namespace {

constexpr std::string_view from_upstream = "upstream";

/// Upstream said something that we cannot take: for the client a server behind us is broken (E-11, E-31).
Refusal bad_answer(std::string_view cause) {
  Refusal out =
      refused(rules::E_31, from_upstream, "the certification authority's answer cannot be used: try again later",
              asn1::PKIFailureInfo::systemFailure);
  out.cause = cause;
  return out;
}
Refusal bad_answer(const Refusal& why) { return bad_answer(why.text); }

/// For logs, as who sends a message is named.
std::string in_words(const Requester& requester) {
  if (requester.kind == Requester::Kind::secret) return "secret " + std::string(text_of(requester.identity));
  return requester.identity.empty() ? "a certificate that was not sent along" : asn1::name_text(requester.subject);
}

}  // namespace

tl::expected<std::optional<Transaction>, StoreError> Relay::Engine::find(std::string_view ticket) {
  const auto wanted = stored_ticket(ticket);
  if (!wanted) return std::optional<Transaction>{};
  auto candidates = store_.transactions(wanted->transaction_id);
  if (!candidates) return tl::unexpected(candidates.error());
  for (Transaction& each : *candidates)
    if (names(*wanted, each, environment_.crypto)) return std::move(each);
  return std::optional<Transaction>{};
}

Relayed Relay::Engine::resume(std::string_view ticket, Bytes answer) {
  return into_batch(ticket, resume_one(without_seat(ticket), answer));
}

Relayed Relay::Engine::resume_one(std::string_view ticket, Bytes answer, unsigned attempt) {
  if (const auto transparent = transparent_ticket(ticket))
    return resume_transparent(ticket, transparent->transaction_id, answer);
  const auto found = find(ticket);
  if (!found) return unknown_ticket(ticket, unavailable("store", found.error().text));
  if (!*found) return unknown_ticket(ticket, refused(rules::A_33, from_upstream, "nobody waits for this answer"));
  const Transaction& transaction = **found;
  if (!is_under_way(ticket, transaction)) return said_already(ticket, transaction);
  if (is_batch(transaction)) return resume_batch(transaction, answer);
  const auto way = way_of(transaction);
  if (!way) return report(transaction, unavailable(from_upstream, "the route " + transaction.route + " is gone"), {});
  if (auto relayed = take(transaction, *way, answer)) return std::move(*relayed);
  if (attempt < most_attempts) return resume_one(ticket, answer, attempt + 1);
  return report(transaction, unavailable("store", "other requests change the same again and again"), {});
}

/// Empty where nothing is under way.
std::string Relay::Engine::ticket_under_way(const Transaction& transaction) const {
  if (transaction.upstream.empty()) return {};
  const auto sent = is_batch(transaction) ? decode_message(transaction.upstream, own_limits_)
                                          : innermost(transaction.upstream, own_limits_);
  if (!sent || !sent->header.senderNonce) return {};
  return ticket_of(transaction, *sent->header.senderNonce, environment_.crypto);
}

/// Not where it is of an earlier message of the transaction.
bool Relay::Engine::is_under_way(std::string_view ticket, const Transaction& transaction) const {
  return !transaction.upstream.empty() && ticket_under_way(transaction) == ticket;
}

/// The answer came before, by another exchange; or the client said something else meanwhile.
Relayed Relay::Engine::said_already(std::string_view ticket, const Transaction& transaction) const {
  const auto way = way_of(transaction);
  if (is_batch(transaction) || (way && !way->peer->settings->online)) return {};  // nobody waits for it
  const bool is_latest = names_message(*stored_ticket(ticket), transaction.request_nonce, environment_.crypto);
  if (!is_latest || transaction.response.empty())
    return unknown_ticket(ticket, refused(rules::A_33, from_upstream, "nobody waits for this answer any more"));
  Reply reply{};
  reply.octets = transaction.response;
  reply.response = "repeated";
  return {std::move(reply), {}, {}};
}

/// Nothing: the transaction moved meanwhile.
std::optional<Relayed> Relay::Engine::take(const Transaction& transaction, const Way& way, Bytes octets) {
  Reply reply{};
  const auto sent = innermost(transaction.upstream, own_limits_);
  if (!sent) return report(transaction, unavailable("store", sent.error().text()), std::move(reply));
  reply.request = name_of(sent->body.type());
  reply.requester = in_words(requester_of(transaction));
  const auto answer = asn1::decode<PKIMessage>(octets, configuration_.limits);
  if (!answer)
    return report(transaction, bad_answer(refused(rules::V_01, "message", answer.error().text())), std::move(reply));
  if (auto refusal = check_answer(transaction, way, *sent, *answer, reply.trail))
    return report(transaction, bad_answer(*refusal), std::move(reply));

  const Meaning meaning = meaning_of(*answer, transaction, *sent);
  Delivery delivery{transaction, *answer, octets};
  const bool is_awaited = transaction.response.empty();
  if (meaning.is_unavailable && is_awaited) return pass_back(delivery, std::move(reply));  // it may be asked again
  keep_answer_certificates(*answer, delivery.transaction);
  delivery.devices = learn(transaction, *sent, *answer, meaning);
  if (!meaning.is_unavailable && is_rejection(*answer) && has_used_secret(transaction))
    delivery.secret_given_back = text_of(Bytes(transaction.sender).subspan(1));
  if (!meaning.is_unavailable) {  // else it is sent again when the client has heard that and polls on
    delivery.transaction.upstream.clear();
    delivery.transaction.upstream_nonce = copy_of(answer->header.senderNonce.value_or(Bytes{}));
  }
  if (!is_awaited) return keep(std::move(delivery), reply);
  const auto client = innermost(transaction.delayed_request, configuration_.limits);
  if (client && !same_octets(*client->header.senderNonce, transaction.request_nonce))  // it polls meanwhile
    delivery.poll_nonce = transaction.request_nonce;
  return deliver(std::move(delivery), reply);
}

/// What is not answered is a request for certificates by a secret, which counted a use when it was forwarded.
bool Relay::Engine::has_used_secret(const Transaction& transaction) const {
  const auto request = innermost(transaction.delayed_request, configuration_.limits);
  return transaction.by_secret && request && is_certificate_request(request->body.type());
}

/// For the client to fetch when it polls.
std::optional<Relayed> Relay::Engine::keep(Delivery delivery, Reply& reply) {
  Change change;
  change.devices = std::move(delivery.devices);
  Transaction& transaction = change.transaction.emplace(std::move(delivery.transaction));
  transaction.arrived = copy_of(delivery.octets);
  transaction.state = Transaction::State::delayed;
  transaction.deadline = now() + configuration_.max_delay;
  change.secret_given_back = std::move(delivery.secret_given_back);
  change.audit.push_back(answer_entry(transaction, delivery.answer, {}, reply));
  const auto stored = store_.commit(change);
  if (!stored) return Relayed{{}, {}, unavailable("store", stored.error().text)};
  return *stored == Commit::done ? std::optional(Relayed{}) : std::nullopt;
}

/// The answer goes downstream, once it is stored. Nothing: something was faster.
std::optional<Relayed> Relay::Engine::deliver(Delivery delivery, Reply& reply) {
  auto octets = downstream_message(delivery);
  if (!octets) return report(delivery.transaction, unavailable("protection", octets.error().text), std::move(reply));
  const auto original = innermost(delivery.transaction.delayed_request, configuration_.limits);
  if (!original) return report(delivery.transaction, unavailable("store", original.error().text()), std::move(reply));
  const Meaning meaning = meaning_of(delivery.answer, delivery.transaction, *original);

  Change change;
  change.devices = std::move(delivery.devices);
  change.secret_given_back = std::move(delivery.secret_given_back);
  change.audit.push_back(answer_entry(delivery.transaction, delivery.answer, meaning, reply));
  Transaction before = delivery.transaction;
  Transaction& transaction = change.transaction.emplace(std::move(delivery.transaction));
  transaction.response = *octets;
  if (!meaning.is_unavailable)  // what follows an error answers the message before it
    transaction.sender_nonce = transaction.upstream_nonce = copy_of(*delivery.answer.header.senderNonce);
  transaction.state = meaning.is_unavailable ? Transaction::State::delayed : meaning.state;
  const bool goes_on = meaning.is_waiting || meaning.is_unavailable;
  transaction.deadline =
      meaning.confirm_by.value_or(now() + (goes_on ? configuration_.max_delay : configuration_.remember));
  if (!goes_on) {
    transaction.delayed_request.clear();
    transaction.granted = meaning.granted;
    transaction.confirmed = meaning.confirms;
  }
  const auto stored = store_.commit(change);
  if (!stored) {
    before.response.clear();  // this is the answer now
    return report(before, unavailable("store", stored.error().text), std::move(reply));
  }
  if (*stored != Commit::done) return {};
  reply.octets = std::move(*octets);
  if (reply.request.empty()) reply.request = name_of(original->body.type());
  reply.response = name_of(delivery.answer.body.type());
  return Relayed{std::move(reply), {}, {}};
}

/// Downstream, with nothing stored of it.
Relayed Relay::Engine::pass_back(const Delivery& delivery, Reply reply) const {
  auto octets = downstream_message(delivery);
  if (!octets) return report(delivery.transaction, unavailable("protection", octets.error().text), std::move(reply));
  reply.octets = std::move(*octets);
  reply.response = name_of(delivery.answer.body.type());
  return {std::move(reply), {}, {}};
}

/// As it came, or where the request's protection was replaced, under ours in kind of the client's; so is an
/// error that upstream signed for who has a secret and perhaps no trust anchor. An answer without protection is our own
/// word, which was kept.
CryptoResult<Octets> Relay::Engine::downstream_message(const Delivery& delivery) const {
  const Transaction& transaction = delivery.transaction;
  const PKIMessage& answer = delivery.answer;
  const bool in_kind = answer.protection && (!transaction.by_secret || is_mac_protected(answer).value_or(false));
  if (!transaction.replaced && in_kind) return copy_of(delivery.octets);
  const auto original = innermost(transaction.delayed_request, configuration_.limits);
  if (!original) return tl::unexpected(CryptoError{CryptoError::Kind::failure, original.error().text()});
  asn1::PKIHeader header = answer.header;  // transactionID and nonces stay
  header.recipient = original->header.sender;
  header.senderKID.reset();
  header.recipKID.reset();
  header.messageTime = asn1::GeneralizedTime{now()};
  if (!delivery.poll_nonce.empty()) {  // A-60, H-73: the client may have polled often since that was answered
    const bool to_poll = answer.body.type() == PKIBody::pollRep || configuration_.answer_last_poll;
    header.recipNonce = to_poll ? delivery.poll_nonce : *original->header.senderNonce;
  }
  std::vector<Bytes> certificates;
  const bool brings_chain = !transaction.by_secret || brings_certificate(answer.body);  // P-11
  if (answer.extraCerts && brings_chain)
    for (const auto& each : *answer.extraCerts) certificates.push_back(each.tlv);
  asn1::Storage storage;
  const PKIBody body = body_for_client(answer.body, *original, storage);
  return encode_answer(sender_of(transaction, original->header), header, body, certificates);
}

/// What answering in kind needs to know of who sent the request.
Sender Relay::Engine::sender_of(const Transaction& transaction, const asn1::PKIHeader& request) const {
  Sender sender;
  if (!transaction.by_secret) return sender;
  sender.requester.kind = Requester::Kind::secret;
  sender.requester.identity.assign(transaction.sender.begin() + 1, transaction.sender.end());
  if (request.protectionAlg) sender.mac_algorithm = asn1::encode(*request.protectionAlg);
  return sender;
}

Relayed Relay::Engine::resume_transparent(std::string_view ticket, Bytes transaction_id, Bytes octets) const {
  const auto answer = asn1::decode<PKIMessage>(octets, configuration_.limits);
  if (!answer) return unknown_ticket(ticket, bad_answer(refused(rules::V_01, "message", answer.error().text())));
  const auto& id = answer->header.transactionID;
  if (!id || !same_octets(*id, transaction_id))
    return unknown_ticket(ticket, bad_answer(refused(rules::H_61, "header.transactionID", {})));
  Reply reply{};
  reply.octets = copy_of(octets);
  reply.response = name_of(answer->body.type());
  return {std::move(reply), {}, {}};
}

Relayed Relay::Engine::fail(std::string_view ticket, std::string_view cause, NoAnswer kind) {
  const Refusal refusal = kind == NoAnswer::unavailable ? unavailable(from_upstream, cause) : bad_answer(cause);
  return into_batch(ticket, fail_one(without_seat(ticket), refusal));
}

Relayed Relay::Engine::fail_one(std::string_view ticket, const Refusal& refusal) {
  const auto transaction = find(ticket);
  if (!transaction || !*transaction) return unknown_ticket(ticket, refusal);
  if (!is_under_way(ticket, **transaction)) return said_already(ticket, **transaction);
  return report(**transaction, refusal, {});
}

AuditEntry Relay::Engine::answer_entry(const Transaction& transaction, const PKIMessage& answer, const Meaning& meaning,
                                       const Reply& reply) const {
  AuditEntry entry;
  entry.time = now();
  entry.actor = "upstream";
  entry.action = reply.request.empty() ? "answer" : reply.request;
  entry.result = is_rejection(answer) ? "refused" : name_of(answer.body.type());
  entry.transaction_id = transaction.transaction_id;
  entry.trail = trail_text(reply.trail);
  for (const auto& grant : meaning.granted)
    if (const auto view = CertificateView::decode(grant.certificate))
      entry.certificates.push_back(copy_of(view->serial().octets));
  return entry;
}

}  // namespace cmpkit::cmp
