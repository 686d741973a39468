// Batches (RFC 9483 Section 5.2.2.2): many messages in one nested message, answered by one. A batch under way is a
// transaction like others, whose sender is the upstream; what is in it is read from what was sent.
#include <algorithm>
#include <map>

#include "cmp/end_entity/status.h"
#include "cmp/message/checks.h"
#include "cmp/registration/relay_engine.h"
#include "cmp/registration/ticket.h"

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
  constexpr std::size_t most = 10'000;
  std::vector<Forward> out;
  auto queued = store_.transactions_in(State::queued, most);
  if (!queued) return out;
  std::map<const Peer*, std::vector<Transaction>> waiting;
  for (Transaction& each : *queued)
    if (const auto way = way_of(each)) waiting[way->peer].push_back(std::move(each));
  for (auto& [peer, transactions] : waiting) {
    const std::size_t size = std::max<std::size_t>(peer->settings->batch, 1);
    for (std::span<Transaction> rest = transactions; !rest.empty(); rest = rest.subspan(std::min(size, rest.size())))
      if (auto forward = send_batch(*peer, rest.first(std::min(size, rest.size())))) out.push_back(std::move(*forward));
  }
  return out;
}

/// The batch is stored first. Where we end before its members say that they are in it, they will be in another one too,
/// and who gets both answers the second by what it said to the first.
std::optional<Forward> Relay::Engine::send_batch(const Peer& peer, std::span<Transaction> members) {
  std::vector<PKIMessage> messages;
  for (const Transaction& member : members)
    if (auto message = asn1::decode<PKIMessage>(member.upstream, configuration_.limits))
      messages.push_back(std::move(*message));
  if (messages.empty()) return {};
  auto nested = bundle(messages, peer.settings->recipient, *peer.signer, environment_);
  const auto header = nested ? asn1::decode<PKIMessage>(*nested, asn1::Limits{.octets = nested->size()}) : tl::unexpected(asn1::DecodeError{});
  if (!nested || !header) return {};
  Change change;
  Transaction& batch = change.transaction.emplace();
  batch.sender.push_back(batch_mark);
  const Bytes name = bytes_of(peer.settings->name);
  batch.sender.insert(batch.sender.end(), name.begin(), name.end());
  batch.transaction_id = copy_of(*header->header.transactionID);
  batch.route = peer.settings->name;
  batch.state = State::relayed;
  batch.deadline = now() + peer.settings->give_up;
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

std::optional<Forward> Relay::Engine::forward_of_batch(const Transaction& batch) const {
  Forward out;
  out.ticket = ticket_of(batch, environment_.crypto);
  out.upstream = batch.route;
  out.message = batch.upstream;
  out.operation = PKIBody::nested;
  return out;
}

}  // namespace cmpkit::cmp
