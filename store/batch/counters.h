// The one row of counters, so that what is stored need not be counted.
#pragma once

#include "store/batch/statements.h"

namespace cmpkit::store {

struct Counters {
  std::uint64_t certificates = 0;  // the number of the last one as well: none is ever deleted
  std::uint64_t revocations = 0;   // Store::revocations()
  friend bool operator==(const Counters&, const Counters&) = default;

  static Statement question() { return {"SELECT certificates, revocations FROM counters", {}}; }
  static Counters of(const Rows& rows) {
    if (rows.empty()) return {};
    return {number_of(rows[0][0]), number_of(rows[0][1])};
  }
  [[nodiscard]] Statement update() const {
    return {"UPDATE counters SET certificates = $1, revocations = $2", {value_of(certificates), value_of(revocations)}};
  }
};

}  // namespace cmpkit::store
