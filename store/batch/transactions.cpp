#include "store/batch/transactions.h"

#include "store/record_encoding.h"

namespace cmpkit::store {

using cmp::Transaction;

void BatchTransactions::touch(const Transaction& transaction) { slots_.try_emplace(key_of(transaction)); }

void BatchTransactions::read(Reads& reads) {
  for (auto& [key, slot] : slots_)
    reads.add(
        {"SELECT version FROM transactions WHERE transaction_id = $1 AND sender = $2",
         {value_of(key.first), value_of(key.second)}},
        [&slot = slot](const Rows& rows) { slot.stored = slot.version = rows.empty() ? 0 : number_of(rows[0][0]); });
}

bool BatchTransactions::has_version(const Transaction& transaction) const {
  return slots_.at(key_of(transaction)).version == transaction.version;
}

void BatchTransactions::put(const Transaction& transaction) {
  Slot& slot = slots_.at(key_of(transaction));
  ++slot.version;
  slot.next = &transaction;
}

void BatchTransactions::forget(const Transaction& transaction) {
  Slot& slot = slots_.at(key_of(transaction));
  slot.version = 0;
  slot.next = nullptr;
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
                      {id, sender, value_of(slot.version), value_of(static_cast<std::uint64_t>(slot.next->state)),
                       value_of(slot.next->deadline), encode(*slot.next)}});
  }
}

}  // namespace cmpkit::store
