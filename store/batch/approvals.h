// The approvals that a batch touches.
#pragma once

#include <map>

#include "cmpkit/cmp/store.h"
#include "store/batch/statements.h"

namespace cmpkit::store {

/// As they are in the database, with the changes of this batch on top.
class BatchApprovals {
 public:
  /// What will be changed.
  void touch(const cmp::StoredApproval& approval) { slots_.try_emplace(approval.id); }
  void read(Reads& reads);
  [[nodiscard]] bool has_version(const cmp::StoredApproval& approval) const {
    return slots_.at(approval.id).version == approval.version;
  }
  /// The approval outlives the batch.
  void put(const cmp::StoredApproval& approval);
  void write(Writes& writes) const;

 private:
  struct Slot {
    std::uint64_t stored = 0;  // version in the database; 0: it is not there
    std::uint64_t version = 0;
    const cmp::StoredApproval* next = nullptr;
  };
  std::map<std::string, Slot> slots_;  // by ID
};

}  // namespace cmpkit::store
