// The clock of the machine, for the engines.
#pragma once

#include "cmpkit/cmp/environment.h"

namespace cmpkit::tools {

class SystemClock final : public cmp::Clock {
 public:
  [[nodiscard]] cmp::Time now() const override {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  }
};

}  // namespace cmpkit::tools
