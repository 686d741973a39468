#include "tools/device_import.h"

#include <fmt/format.h>

#include "tools/server_store.h"
#include "tools/system_clock.h"

namespace cmpkit::tools {
namespace {

using cmp::StoredDevice;
using Done = tl::expected<void, std::string>;

constexpr std::size_t devices_per_commit = 1000;

/// What is stored, with what the list says on top.
StoredDevice merged(StoredDevice stored, const StoredDevice& listed, cmp::Time now) {
  if (!listed.model.empty()) stored.model = listed.model;
  if (!listed.key_digest.empty()) stored.key_digest = listed.key_digest;
  if (!listed.certificate_digest.empty()) stored.certificate_digest = listed.certificate_digest;
  if (listed.state > stored.state) {
    stored.state = listed.state;
    stored.since = now;
  }
  return stored;
}

bool same(const StoredDevice& a, const StoredDevice& b) {
  return a.model == b.model && a.key_digest == b.key_digest && a.certificate_digest == b.certificate_digest &&
         a.state == b.state;
}

}  // namespace

Done DeviceImport::add(StoredDevice device) {
  Key key{device.manufacturer, device.serial};
  if (waiting_.size() == devices_per_commit || waiting_.contains(key))
    if (auto done = commit(); !done) return done;
  waiting_.emplace(std::move(key), std::move(device));
  return {};
}

tl::expected<DeviceImport::Counts, std::string> DeviceImport::finish() {
  if (auto done = commit(); !done) return tl::unexpected(done.error());
  return counts_;
}

Done DeviceImport::commit() {
  if (waiting_.empty()) return {};
  if (!was_empty_) {
    const auto statistics = store_.statistics();
    if (!statistics) return tl::unexpected(statistics.error().text);
    was_empty_ = statistics->devices == 0;
  }
  bool look = !*was_empty_;  // else all are taken for new ones: a conflict tells otherwise
  auto done = commit_change(store_, [&] { return change(std::exchange(look, true)); });
  if (!done) return done;
  counts_ = next_;
  progress_.add(waiting_.size());
  waiting_.clear();
  return {};
}

tl::expected<cmp::Change, std::string> DeviceImport::change(bool look) {
  cmp::Change out;
  next_ = counts_;
  const cmp::Time now = SystemClock().now();
  for (const auto& [key, listed] : waiting_) {
    std::optional<StoredDevice> stored;
    if (look) {
      auto found = store_.device(key.first, key.second);
      if (!found) return tl::unexpected(found.error().text);
      stored = std::move(*found);
    }
    StoredDevice device = stored ? merged(*stored, listed, now) : listed;
    if (stored && same(*stored, device)) {
      ++next_.unchanged;
      continue;
    }
    if (!stored) device.since = now;
    ++(stored ? next_.changed : next_.added);
    out.devices.push_back(std::move(device));
  }
  const auto added = next_.added - counts_.added, changed = next_.changed - counts_.changed;
  if (!out.devices.empty())
    out.audit = {operator_entry("import devices", "imported",
                                fmt::format("{} added, {} changed, from {}", added, changed, origin_))};
  return out;
}

}  // namespace cmpkit::tools
