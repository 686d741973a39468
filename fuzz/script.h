// A fuzzer's input read as a list of decisions.
#pragma once

#include <algorithm>

#include "cmpkit/octets.h"

namespace cmpkit::fuzz {

class Script {
 public:
  explicit Script(Bytes input) : rest_(input) {}
  [[nodiscard]] bool is_over() const { return rest_.empty(); }
  /// A number below n (at most 65536); 0 once the script is over.
  std::size_t below(std::size_t n) {
    const Bytes chosen = rest(n > 256 ? 2 : 1);
    std::size_t value = 0;
    for (const std::uint8_t octet : chosen) value = value << 8 | octet;
    return value % n;
  }
  /// The next octets, as many as there are up to `count`.
  Bytes rest(std::size_t count) {
    const Bytes out = rest_.first(std::min(count, rest_.size()));
    rest_ = rest_.subspan(out.size());
    return out;
  }

 private:
  Bytes rest_;
};

}  // namespace cmpkit::fuzz
