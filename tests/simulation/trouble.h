// What befalls the store of a run, and the server with it; the seed decides.
//   - the store fails once: before a commit, after it (all is stored, but nobody is told), or at a read
//   - it is gone for some time
//   - the server dies there, and loses all but its store
#pragma once

#include <functional>
#include <string>

#include "tests/simulation/pki.h"
#include "tests/simulation/seeded_random.h"
#include "tests/support/failing_store.h"

namespace cmpkit::simulation {

class Trouble {
 public:
  /// `happened` is told all of it in a few words. What is referred to outlives this, and this the use of `store`.
  Trouble(SeededRandom& random, const SimulatedClock& clock, test::FailingStore& store,
          std::function<void(const std::string&)> happened);
  Trouble(const Trouble&) = delete;
  Trouble& operator=(const Trouble&) = delete;

  /// Whether the server died since it was asked for last; a new one is started then, and its store works again unless
  /// it is gone.
  bool server_died() { return std::exchange(server_is_dead_, false); }
  /// Nothing fails from now on.
  void end();

 private:
  std::optional<cmp::StoreError> befall(unsigned percent, const char* when);

  SeededRandom& random_;
  const SimulatedClock& clock_;
  std::function<void(const std::string&)> happened_;
  unsigned percent_;  // of the commits that fail
  bool server_is_dead_ = false;
  cmp::Time back_at_{};  // when the store is there again
};

}  // namespace cmpkit::simulation
