// The devices that a batch touches.
#pragma once

#include <map>

#include "store/batch/counters.h"

namespace cmpkit::store {

/// As they are in the database, with the changes of this batch on top.
class BatchDevices {
 public:
  /// What will be changed.
  void touch(const std::vector<cmp::StoredDevice>& devices);
  void read(Reads& reads);
  [[nodiscard]] tl::expected<cmp::Commit, cmp::StoreError> check(const cmp::Change& change);
  /// The device outlives the batch.
  void put(const cmp::StoredDevice& device, Counters& counters);
  void write(Writes& writes) const;

 private:
  using Key = std::pair<std::string, std::string>;  // manufacturer, serial
  struct Slot {
    std::uint64_t stored = 0;  // version in the database; 0: it is not there
    std::uint64_t version = 0;
    const cmp::StoredDevice* next = nullptr;
    const cmp::Change* checked_for = nullptr;  // the last one
  };
  static Key key_of(const cmp::StoredDevice& device) { return {device.manufacturer, device.serial}; }

  std::map<Key, Slot> slots_;
};

}  // namespace cmpkit::store
