// Batches (RFC 9483 Section 5.2.2.2): many messages in one nested message, answered by one. A batch under way is a
// transaction like others, whose sender is the upstream; what is in it is read from what was sent.
#include <algorithm>
#include <map>

#include "cmp/end_entity/status.h"
#include "cmp/message/checks.h"
#include "cmp/message/nested_message.h"
#include "cmp/registration/relay_engine.h"

namespace cmpkit::cmp {

using asn1::PKIBody;
using asn1::PKIMessage;
using State = Transaction::State;

namespace {

constexpr char batch_mark = 'b';  // in Transaction::sender, where others have the kind of credential

}  // namespace

bool is_batch(const Transaction& transaction) {
  return !transaction.sender.empty() && transaction.sender.front() == batch_mark;
}

std::vector<Forward> Relay::Engine::collect() {
  constexpr std::size_t most = 1'000;  // the others the next time
  std::vector<Forward> out;
  auto queued = store_.transactions_in(State::queued, most);
  if (!queued) return out;
  std::map<const Peer*, std::vector<Transaction>> waiting;
  for (Transaction& each : *queued)
    if (const auto way = way_of(each)) waiting[way->peer].push_back(std::move(each));
  for (auto& [peer, transactions] : waiting) {
    for (std::span<Transaction> rest = transactions; !rest.empty();) {
      const auto members = rest.first(members_of_batch(rest, *peer->settings));
      rest = rest.subspan(members.size());
      if (auto forward = send_batch(*peer, members)) out.push_back(std::move(*forward));
    }
  }
  return out;
}

/// How many go into the next batch: answers are longer than requests, and theirs must be within our limit for messages.
std::size_t Relay::Engine::members_of_batch(std::span<const Transaction> waiting, const Upstream& upstream) const {
  const std::size_t most_octets = configuration_.limits.octets / 4;
  std::size_t count = 0, octets = 0;
  while (count < waiting.size() && count < std::max<std::size_t>(upstream.batch, 1)) {
    octets += waiting[count].upstream.size();
    if (count > 0 && octets > most_octets) break;
    ++count;
  }
  return count;
}

/// The batch is stored first. Where we end before its members say that they are in it, they will be in another one too,
/// and whoever gets both answers the second by what it said to the first.
std::optional<Forward> Relay::Engine::send_batch(const Peer& peer, std::span<const Transaction> members) {
  std::vector<Octets> messages;
  for (const Transaction& member : members) messages.push_back(member.upstream);
  Change change;
  Transaction& batch = change.transaction.emplace();
  batch.sender.push_back(batch_mark);
  const Bytes name = bytes_of(peer.settings->name);
  batch.sender.insert(batch.sender.end(), name.begin(), name.end());
  batch.transaction_id = random_identifier(environment_.random);
  batch.route = peer.settings->name;
  batch.state = State::relayed;
  batch.deadline = now() + peer.settings->give_up;
  auto nested = bundle(messages, batch.transaction_id, peer.settings->recipient, *peer.signer, environment_);
  if (!nested) return {};
  batch.upstream = std::move(*nested);
  const auto stored = store_.commit(change);
  if (!stored || *stored != Commit::done) return {};
  for (const Transaction& member : members) {
    Change sent;
    sent.transaction = member;
    sent.transaction->state = State::relayed;
    (void)store_.commit(sent);
  }
  return forward_of_batch(batch);
}

Forward Relay::Engine::forward_of_batch(const Transaction& batch) const {
  Forward out;
  out.ticket = ticket_under_way(batch);
  out.upstream = batch.route;
  out.message = batch.upstream;
  out.operation = PKIBody::nested;
  return out;
}

/// each answer goes to whom it is for; what nobody asked for is dropped, and what is missing is systemUnavail. An
/// error about the batch goes to each (E-21).
Relayed Relay::Engine::resume_batch(const Transaction& batch, Bytes octets) {
  Relayed out;
  const Peer* peer = peer_named(batch.route);
  const auto sent = decode_message(batch.upstream, own_limits_);
  const auto requests = sent ? messages_in(*sent, own_limits_) : tl::unexpected(sent.error());
  if (peer == nullptr || !requests) {
    out.refusal = unavailable("upstream", "the batch, or the upstream " + batch.route + ", is not known any more");
    return out;
  }
  const auto answer = decode_message(octets, configuration_.limits);
  Trail trail;
  std::optional<Refusal> refusal;
  if (!answer) refusal = refused(rules::V_01, "message", answer.error().text());
  if (!refusal) refusal = check_batch_answer(batch, *peer, *answer, trail);
  if (refusal) {
    out.refusal = std::move(refusal);
    return out;  // the right answer may come yet
  }
  std::vector<Bytes> answers;
  const bool is_error = answer->body.type() == PKIBody::error;
  const auto inside = is_error ? asn1::Result<std::vector<Bytes>>{} : messages_in(*answer, configuration_.limits);
  if (inside) answers = *inside;
  const Refusal missing =
      refused(rules::A_33, "upstream",
              is_error ? "the certification authority refused the batch with this request: try again later"
                       : "the certification authority did not answer this request: try again later");
  bool all_told = true;
  for (const Bytes request : *requests) all_told = answer_member(request, answers, missing) && all_told;
  if (!all_told) {  // the same answer again may find the store working
    out.refusal = unavailable("store", "not every answer of the batch could be kept");
    return out;
  }
  Change change;
  change.transaction = batch;
  give_up(*change.transaction, missing);
  (void)store_.commit(change);
  return out;
}

std::optional<Refusal> Relay::Engine::check_batch_answer(const Transaction& batch, const Peer& peer,
                                                         const PKIMessage& answer, Trail& trail) const {
  if (auto refusal = check_message(answer, Stage::header, trail)) return refusal;
  const auto type = answer.body.type();
  const bool rejects = type == PKIBody::error && is_rejection(answer);
  if (type != PKIBody::nested && !rejects)
    return refused(rules::V_51, "body", std::string(name_of(type)) + " came in answer to a batch");
  if (!same_octets(*answer.header.transactionID, batch.transaction_id))
    return refused(rules::H_61, "header.transactionID", {});
  const auto sent = decode_message(batch.upstream, own_limits_);
  if (!sent || !answer.header.recipNonce || !same_octets(*answer.header.recipNonce, *sent->header.senderNonce))
    return refused(rules::V_20, "header.recipNonce", {});
  if (!answer.protection) return refused(rules::V_30, "protection", {});
  const std::vector<Bytes> known(configuration_.protection.chain.begin(), configuration_.protection.chain.end());
  const Verification verification{environment_, peer.settings->trust,    nullptr, configuration_.mac_limits,
                                  known,        peer.settings->tolerance};
  const auto sender = cmp::authenticate(answer, verification, trail);
  return sender ? check_upstream_sender(*peer.settings, *sender, trail) : std::optional(sender.error());
}

/// The answer that names the nonce of this request, for whoever sent it. False: it could not be stored.
bool Relay::Engine::answer_member(Bytes request, std::span<const Bytes> answers, const Refusal& missing,
                                  unsigned attempt) {
  const auto message = innermost(request, own_limits_);
  if (!message || !message->header.transactionID || !message->header.senderNonce) return true;
  const auto candidates = store_.transactions(*message->header.transactionID);
  if (!candidates) return false;
  for (const Transaction& each : *candidates) {
    const auto sent = innermost(each.upstream, own_limits_);
    if (!way_of(each) || !sent || !same_octets(*sent->header.senderNonce, *message->header.senderNonce)) continue;
    const auto answer = std::ranges::find_if(answers, [&](Bytes octets) { return answers_to(each, *sent, octets); });
    if (answer != answers.end()) {
      const Relayed relayed = resume_one(ticket_under_way(each), *answer);
      if (!relayed.refusal) return true;
      if (relayed.refusal->fail_info == asn1::PKIFailureInfo::systemUnavail) return false;  // it is good, but not kept
    }
    Change change;
    change.transaction = each;
    give_up(*change.transaction, missing);
    const auto stored = store_.commit(change);
    if (!stored) return false;
    if (*stored == Commit::done) return true;
    return attempt < most_attempts && answer_member(request, answers, missing, attempt + 1);  // its client polled
  }
  return true;
}

/// Others may have the same transactionID: what answers this message names its nonce, or that of the request which is
/// polled for (V-21).
bool Relay::Engine::answers_to(const Transaction& transaction, const PKIMessage& sent, Bytes answer) const {
  const asn1::PKIHeader header = salvage_header(answer);
  if (!header.transactionID || !header.recipNonce || !same_octets(*header.transactionID, transaction.transaction_id))
    return false;
  const auto client = innermost(transaction.delayed_request, configuration_.limits);
  return same_octets(*header.recipNonce, *sent.header.senderNonce) ||
         (client && sent.body.type() == PKIBody::pollReq &&
          same_octets(*header.recipNonce, *client->header.senderNonce));
}

}  // namespace cmpkit::cmp
