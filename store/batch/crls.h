// The CRLs that a batch touches.
#pragma once

#include <map>

#include "cmpkit/cmp/store.h"
#include "store/batch/statements.h"

namespace cmpkit::store {

/// As they are in the database, with the changes of this batch on top.
class BatchCrls {
 public:
  /// What will be changed.
  void touch(const cmp::StoredCrl& crl) { slots_.try_emplace(crl.partition); }
  void read(Reads& reads);
  [[nodiscard]] bool is_next(const cmp::StoredCrl& crl) const {
    return crl.number == slots_.at(crl.partition).number + 1;
  }
  /// The CRL outlives the batch.
  void put(const cmp::StoredCrl& crl);
  void write(Writes& writes) const;

 private:
  struct Slot {
    bool is_stored = false;
    std::uint64_t number = 0;
    const cmp::StoredCrl* next = nullptr;
  };
  std::map<std::uint32_t, Slot> slots_;  // by partition
};

}  // namespace cmpkit::store
