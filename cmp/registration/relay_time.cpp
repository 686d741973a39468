// What time does: transactions that go nowhere end (A-70, RFC 9483 Section 6), and what was under way is sent again by
// who comes after us.
#include <algorithm>

#include "cmp/registration/relay_engine.h"

namespace cmpkit::cmp {

using State = Transaction::State;

std::vector<Forward> Relay::Engine::under_way() {
  constexpr std::size_t most = 100'000;
  std::vector<Forward> out;
  const auto transactions = store_.transactions_in(State::relayed, most);
  if (!transactions) return out;
  for (const Transaction& each : *transactions) {
    if (is_batch(each)) {
      out.push_back(forward_of_batch(each));
    } else if (const auto way = way_of(each); way && !way->peer->settings->online && way->peer->settings->batch == 0) {
      out.push_back(forward_of(each, *way));
    }
  }
  return out;
}

/// Without an answer it is our own word that a client gets which polls; nobody else waits any more.
void Relay::Engine::give_up(Transaction& transaction, const Refusal& refusal) const {
  const bool polls = !transaction.response.empty() && !is_batch(transaction);
  if (!polls) transaction.upstream.clear();  // else it is sent again when the client has heard of it and polls on
  transaction.state = polls ? State::delayed : State::done;
  transaction.deadline = now() + (polls ? configuration_.max_delay : configuration_.remember);
  if (polls) transaction.arrived = own_word(transaction, refusal);
}

std::size_t Relay::Engine::expire(std::size_t count) {
  std::size_t ended = configuration_.local == nullptr ? 0 : configuration_.local->expire(count);
  auto transactions = store_.expired(now(), count);
  if (!transactions) return ended;
  std::erase_if(*transactions, [](const Transaction& each) { return each.route.empty() && each.state != State::done; });
  const auto open =
      std::ranges::partition(*transactions, [](const Transaction& each) { return each.state == State::done; });
  for (const Transaction& each : open) {
    Change change;
    Transaction& transaction = change.transaction.emplace(each);
    const bool under_way = each.state == State::queued || each.state == State::relayed;
    if (under_way) {
      give_up(transaction,
              refused(rules::A_70, "upstream", "the certification authority did not answer in time: try again later"));
    } else {
      transaction.state = State::done;
      transaction.deadline = now() + configuration_.remember;
      transaction.delayed_request.clear();
      transaction.upstream.clear();
      transaction.arrived.clear();
    }
    AuditEntry& entry = change.audit.emplace_back();
    entry.time = now();
    entry.actor = "time";
    entry.action = "expire";
    entry.result = "given up";
    entry.transaction_id = each.transaction_id;
    const auto stored = store_.commit(change);
    if (stored && *stored == Commit::done) ++ended;
  }
  const std::span<const Transaction> finished(transactions->begin(), open.begin());
  return ended + (finished.empty() ? 0 : store_.forget(finished).value_or(0));
}

}  // namespace cmpkit::cmp
