#include "tests/simulation/trouble.h"

namespace cmpkit::simulation {

Trouble::Trouble(SeededRandom& random, const SimulatedClock& clock, test::FailingStore& store,
                 std::function<void(const std::string&)> happened)
    : random_(random),
      clock_(clock),
      happened_(std::move(happened)),
      percent_(random.chance(40) ? 0 : 1 + static_cast<unsigned>(random.below(12))) {
  store.before_read = [this] { return befall(percent_ / 4, "at a read"); };
  store.before_commit = [this] { return befall(percent_, "before a commit"); };
  store.after_commit = [this] { return befall(percent_, "after a commit"); };
}

void Trouble::end() {
  percent_ = 0;
  back_at_ = {};
}

std::optional<cmp::StoreError> Trouble::befall(unsigned percent, const char* when) {
  const cmp::StoreError error{"the store is not available"};
  if (server_is_dead_ || clock_.now() < back_at_) return error;
  if (percent == 0 || !random_.chance(percent)) return {};
  switch (random_.below(3)) {
    case 0:
      happened_(std::string("the store fails ") + when);
      break;
    case 1:
      happened_(std::string("the store is gone ") + when);
      back_at_ = clock_.now() + std::chrono::seconds{1 + random_.below(120)};
      break;
    default:
      happened_(std::string("the server dies ") + when);
      server_is_dead_ = true;
  }
  return error;
}

}  // namespace cmpkit::simulation
