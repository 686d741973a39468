// What is injected into every engine: time, randomness, cryptography. The engine never asks the system for them, so a
// test with a fixed clock and counted randomness runs the same octets every time.
#pragma once

#include <chrono>

#include "cmpkit/cmp/crypto.h"

namespace cmpkit::cmp {

using Time = std::chrono::sys_seconds;

/// The wall clock. Safe to use from several threads at once.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Time now() const = 0;
};

/// References only: the caller owns all three and keeps them alive as long as the engines that use them.
struct Environment {
  const Clock& clock;
  Random& random;
  const Crypto& crypto;
};

}  // namespace cmpkit::cmp
