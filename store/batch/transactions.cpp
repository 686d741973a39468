#include "store/batch/transactions.h"

#include <algorithm>

#include "store/record_encoding.h"

namespace cmpkit::store {

using cmp::Transaction;

constexpr auto last_state = static_cast<std::uint64_t>(Transaction::State::relayed);

void BatchTransactions::touch(const Transaction& transaction, const cmp::Quota& quota) {
  slots_.try_emplace(key_of(transaction));
  if (quota.per_sender == 0) return;
  Open& open = open_[transaction.sender];
  open.most = std::max<std::uint64_t>(open.most, quota.per_sender);
}

void BatchTransactions::read(Reads& reads) {
  for (auto& [key, slot] : slots_)
    reads.add({"SELECT version, state FROM transactions WHERE transaction_id = $1 AND sender = $2",
               {value_of(key.first), value_of(key.second)}},
              [&into = slot](const Rows& rows) {
                if (rows.empty()) return;
                into.stored = into.version = number_of(rows[0][0]);
                into.state = static_cast<State>(std::min(number_of(rows[0][1]), last_state));
              });
  for (auto& [sender, open] : open_)  // this batch may end as many as it touches
    reads.add({"SELECT count(*) FROM (SELECT 1 FROM transactions WHERE sender = $1 AND state <> 2 LIMIT $2) AS found",
               {value_of(sender), value_of(open.most + slots_.size())}},
              [&into = open](const Rows& rows) { into.found = rows.empty() ? 0 : number_of(rows[0][0]); });
}

bool BatchTransactions::has_version(const Transaction& transaction) const {
  return slots_.at(key_of(transaction)).version == transaction.version;
}

bool BatchTransactions::is_over(const cmp::Quota& quota, const Transaction& transaction,
                                const Counters& counters) const {
  if (transaction.version != 0 || transaction.state == State::done) return false;
  return (quota.per_sender != 0 && open_.at(transaction.sender).found >= quota.per_sender) ||
         (quota.in_all != 0 && counters.open_transactions() >= quota.in_all);
}

void BatchTransactions::put(const Transaction& transaction, Counters& counters) {
  const Key key = key_of(transaction);
  Slot& slot = slots_.at(key);
  take_out(key, slot, counters);
  ++slot.version;
  slot.state = transaction.state;
  slot.next = &transaction;
  ++counters.of(slot.state);
  if (const auto open = open_.find(key.second); open != open_.end() && slot.state != State::done) ++open->second.found;
}

void BatchTransactions::forget(const Transaction& transaction, Counters& counters) {
  const Key key = key_of(transaction);
  Slot& slot = slots_.at(key);
  take_out(key, slot, counters);
  slot.version = 0;
  slot.next = nullptr;
}

/// From what is counted.
void BatchTransactions::take_out(const Key& key, const Slot& slot, Counters& counters) {
  if (slot.version == 0) return;
  --counters.of(slot.state);
  if (const auto open = open_.find(key.second); open != open_.end() && slot.state != State::done) --open->second.found;
}

void BatchTransactions::write(Writes& writes) const {
  for (const auto& [key, slot] : slots_) {
    const Value id = value_of(key.first), sender = value_of(key.second);
    if (slot.next == nullptr) {
      if (slot.version != slot.stored)  // forgotten
        writes.push_back({"DELETE FROM transactions WHERE transaction_id = $1 AND sender = $2", {id, sender}});
      continue;
    }
    const char* sql = slot.stored == 0
                          ? "INSERT INTO transactions (transaction_id, sender, version, state, deadline, record)"
                            " VALUES ($1, $2, $3, $4, $5, $6)"
                          : "UPDATE transactions SET version = $3, state = $4, deadline = $5, record = $6"
                            " WHERE transaction_id = $1 AND sender = $2";
    writes.push_back({sql,
                      {id, sender, value_of(slot.version), value_of(static_cast<std::uint64_t>(slot.state)),
                       value_of(slot.next->deadline), encode(*slot.next)}});
  }
}

}  // namespace cmpkit::store
