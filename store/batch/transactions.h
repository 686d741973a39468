// The transactions that a batch touches.
#pragma once

#include <map>

#include "cmpkit/cmp/store.h"
#include "store/batch/statements.h"

namespace cmpkit::store {

/// As they are in the database, with the changes of this batch on top.
class BatchTransactions {
 public:
  /// What will be asked about or changed.
  void touch(const cmp::Transaction& transaction);
  void read(Reads& reads);

  [[nodiscard]] bool has_version(const cmp::Transaction& transaction) const;
  /// The transaction outlives the batch.
  void put(const cmp::Transaction& transaction);
  void forget(const cmp::Transaction& transaction);
  void write(Writes& writes) const;

 private:
  using Key = std::pair<Octets, Octets>;  // transaction ID, sender
  struct Slot {
    std::uint64_t stored = 0;  // version in the database; 0: it is not there
    std::uint64_t version = 0;
    const cmp::Transaction* next = nullptr;
  };
  static Key key_of(const cmp::Transaction& transaction) { return {transaction.transaction_id, transaction.sender}; }

  std::map<Key, Slot> slots_;
};

}  // namespace cmpkit::store
