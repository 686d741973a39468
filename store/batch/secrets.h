// The shared secrets that a batch touches.
#pragma once

#include <map>

#include "store/batch/counters.h"

namespace cmpkit::store {

/// As they are in the database, with the changes of this batch on top.
class BatchSecrets {
 public:
  /// What will be asked about or changed.
  void touch(const cmp::Change& change);
  void read(Reads& reads);

  /// `done`, a conflict, or that it is used up.
  [[nodiscard]] tl::expected<cmp::Commit, cmp::StoreError> check(const cmp::Change& change) const;
  void put(const cmp::Change& change, Counters& counters);
  void write(Writes& writes) const;

 private:
  struct Slot {
    bool is_stored = false;
    bool is_changed = false;
    std::string damage;     // why it cannot be read
    cmp::StoredSecret now;  // version 0: there is none
    void load(const Rows& rows);
  };
  std::map<std::string, Slot> slots_;  // by reference
};

}  // namespace cmpkit::store
