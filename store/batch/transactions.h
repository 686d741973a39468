// The transactions that a batch touches.
#pragma once

#include <map>

#include "store/batch/counters.h"

namespace cmpkit::store {

/// As they are in the database, with the changes of this batch on top.
class BatchTransactions {
 public:
  /// What will be asked about or changed.
  void touch(const cmp::Transaction& transaction, const cmp::Quota& quota = {});
  void read(Reads& reads);

  [[nodiscard]] bool has_version(const cmp::Transaction& transaction) const;
  [[nodiscard]] bool is_over(const cmp::Quota& quota, const cmp::Transaction& transaction,
                             const Counters& counters) const;
  /// The transaction outlives the batch.
  void put(const cmp::Transaction& transaction, Counters& counters);
  void forget(const cmp::Transaction& transaction, Counters& counters);
  void write(Writes& writes) const;

 private:
  using State = cmp::Transaction::State;
  using Key = std::pair<Octets, Octets>;  // transaction ID, sender
  struct Slot {
    std::uint64_t stored = 0;  // version in the database; 0: it is not there
    std::uint64_t version = 0;
    State state{};  // where there is a version
    const cmp::Transaction* next = nullptr;
  };
  /// How many transactions of a sender are not done.
  struct Open {
    std::uint64_t most = 0;  // how many it matters to know
    std::uint64_t found = 0;
  };
  static Key key_of(const cmp::Transaction& transaction) { return {transaction.transaction_id, transaction.sender}; }
  void take_out(const Key& key, const Slot& slot, Counters& counters);

  std::map<Key, Slot> slots_;
  std::map<Octets, Open> open_;  // by sender, where there is a quota
};

}  // namespace cmpkit::store
