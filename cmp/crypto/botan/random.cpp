#include <botan/system_rng.h>

#include "cmpkit/cmp/botan.h"

namespace cmpkit::cmp {

namespace {

class SystemRandom : public Random {
 public:
  void fill(std::span<std::uint8_t> out) noexcept override { Botan::system_rng().randomize(out); }
};

}  // namespace

Random& system_random() {
  static SystemRandom random;
  return random;
}

}  // namespace cmpkit::cmp
