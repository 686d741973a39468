// The one row of counters, so that what is stored need not be counted.
#pragma once

#include <numeric>

#include "cmpkit/cmp/store.h"
#include "store/batch/statements.h"

namespace cmpkit::store {

struct Counters {
  std::uint64_t certificates = 0;  // in all; the number of the last one as well: none is ever deleted
  std::uint64_t revocations = 0;   // Store::revocations()
  std::array<std::uint64_t, 6> by_status{};
  std::array<std::uint64_t, 5> by_state{};
  std::uint64_t on_crl = 0;
  std::uint64_t secrets = 0;
  std::uint64_t devices = 0;
  friend bool operator==(const Counters&, const Counters&) = default;

  std::uint64_t& of(cmp::IssuedCertificate::Status status) { return by_status.at(static_cast<std::size_t>(status)); }
  std::uint64_t& of(cmp::Transaction::State state) { return by_state.at(static_cast<std::size_t>(state)); }
  /// All that are not done.
  [[nodiscard]] std::uint64_t open_transactions() const {
    const auto done = static_cast<std::size_t>(cmp::Transaction::State::done);
    return std::accumulate(by_state.begin(), by_state.end(), std::uint64_t{0}) - by_state.at(done);
  }

  static Statement question();
  static Counters in(const Rows& rows);
  [[nodiscard]] Statement update() const;
};

}  // namespace cmpkit::store
