// simulate RELAYS RUNS [FIRST-SEED]: so many runs with so many RAs (0 to 2) between devices and CA, with the seeds from
// FIRST-SEED on. simulate RELAYS --trace SEED: one run, with everything that happens in it. Exits with 1 where
// something did not hold, and names the seed.
#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <iostream>

#include "tests/simulation/simulation.h"

using namespace cmpkit::simulation;

namespace {

int trace(const Pki& pki, std::uint64_t seed, std::size_t relays) {
  Statistics statistics;
  const auto broken = Simulation(pki, seed, relays, statistics, &std::cout).run();
  std::cout << (broken ? "BROKEN: " + *broken : std::string("all holds")) << "\n";
  return broken ? 1 : 0;
}

/// Every 100th run is made twice: the same seed must put the same octets on the network.
std::optional<std::string> run(const Pki& pki, std::uint64_t seed, std::size_t relays, Statistics& statistics) {
  Simulation simulation(pki, seed, relays, statistics, nullptr);
  auto broken = simulation.run();
  if (broken || seed % 100 != 0) return broken;
  Statistics again_statistics;
  Simulation again(pki, seed, relays, again_statistics, nullptr);
  again.run();
  if (again.fingerprint() != simulation.fingerprint()) return "the same seed gave another run";
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const std::string relay_text = argc > 1 ? argv[1] : "";
  if (argc < 3 || argc > 4 || relay_text.find_first_not_of("012") != std::string::npos || relay_text.size() != 1) {
    std::cerr << "usage: simulate RELAYS RUNS [FIRST-SEED] | simulate RELAYS --trace SEED (RELAYS: 0, 1 or 2)\n";
    return 2;
  }
  const Pki pki;
  const std::size_t relays = static_cast<std::size_t>(relay_text.front() - '0');
  if (std::strcmp(argv[2], "--trace") == 0) return trace(pki, std::strtoull(argv[argc - 1], nullptr, 10), relays);
  const std::uint64_t runs = std::strtoull(argv[2], nullptr, 10);
  const std::uint64_t first = argc == 4 ? std::strtoull(argv[3], nullptr, 10) : 0;
  Statistics statistics;
  for (std::uint64_t seed = first; seed < first + runs; ++seed) {
    if (const auto broken = run(pki, seed, relays, statistics)) {
      fmt::print("seed {}: {}\nagain, with all that happens: {} {} --trace {}\n", seed, *broken, argv[0], relays, seed);
      return 1;
    }
    if ((seed - first + 1) % 10'000 == 0) std::cerr << seed - first + 1 << " of " << runs << " runs\n";
  }
  fmt::print("{} runs with {} RAs from seed {} on: all holds\n", runs, relays, first);
  for (const auto& [what, count] : statistics.counts) fmt::print("{:>9} {}\n", count, what);
  return 0;
}
