// What the clients were told, to be compared with what the CA has kept.
#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "cmpkit/cmp/store_records.h"

namespace cmpkit::crash {

using Status = cmp::IssuedCertificate::Status;

/// Safe to use from several threads at once.
class Ledger {
 public:
  /// The certificate with this serial number is now known to be like that.
  void put(const Octets& serial, Status status) {
    const std::lock_guard lock(mutex_);
    certificates_[serial] = status;
  }
  /// The client went away before it confirmed the certificate for this key (digest as in the store).
  void abandon(const Octets& key_digest) {
    const std::lock_guard lock(mutex_);
    abandoned_.insert(key_digest);
  }
  void repeated() { ++repeated_; }
  void broken(std::string what) {
    const std::lock_guard lock(mutex_);
    broken_.push_back(std::move(what));
  }

  /// Messages that were not answered at first.
  [[nodiscard]] unsigned count_repeated() const { return repeated_; }
  [[nodiscard]] std::map<Octets, Status> certificates() const {
    const std::lock_guard lock(mutex_);
    return certificates_;
  }
  [[nodiscard]] std::set<Octets> abandoned() const {
    const std::lock_guard lock(mutex_);
    return abandoned_;
  }
  [[nodiscard]] std::vector<std::string> all_broken() const {
    const std::lock_guard lock(mutex_);
    return broken_;
  }
  [[nodiscard]] std::size_t count(Status status) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(
        std::ranges::count_if(certificates_, [&](const auto& each) { return each.second == status; }));
  }
  [[nodiscard]] std::vector<Octets> revoked() const {
    const std::lock_guard lock(mutex_);
    std::vector<Octets> out;
    for (const auto& [serial, status] : certificates_) {
      if (status == Status::revoked) out.push_back(serial);
    }
    return out;
  }

 private:
  std::atomic<unsigned> repeated_ = 0;
  mutable std::mutex mutex_;
  std::map<Octets, Status> certificates_;  // by serial number
  std::set<Octets> abandoned_;             // key digests
  std::vector<std::string> broken_;        // what must not have happened, a sentence each
};

}  // namespace cmpkit::crash
