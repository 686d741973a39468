// Puts listed devices into the inventory of a store, many in one commit.
#pragma once

#include <map>

#include "cmpkit/cmp/store.h"
#include "tools/progress.h"

namespace cmpkit::tools {

/// What a list says counts, what it does not say stays. A device goes forward through its states and never back: a
/// list that was made before it was onboarded changes nothing in that.
class DeviceImport {
 public:
  struct Counts {
    std::uint64_t added = 0, changed = 0, unchanged = 0;
  };

  /// `origin`: of the list, for the audit log. All outlive it.
  DeviceImport(cmp::Store& store, std::string origin, Progress& progress)
      : store_(store), origin_(std::move(origin)), progress_(progress) {}

  // The errors are sentences: the store failed, and what was not committed before is not stored.
  tl::expected<void, std::string> add(cmp::StoredDevice device);
  /// Commits what is left.
  tl::expected<Counts, std::string> finish();

 private:
  using Key = std::pair<std::string, std::string>;  // manufacturer, serial

  tl::expected<void, std::string> commit();
  tl::expected<cmp::Change, std::string> change(bool look);

  cmp::Store& store_;
  std::string origin_;
  Progress& progress_;
  std::map<Key, cmp::StoredDevice> waiting_;
  Counts counts_, next_;           // next_: with what waits
  std::optional<bool> was_empty_;  // the inventory, before the first commit
};

}  // namespace cmpkit::tools
