// simulate RUNS [FIRST-SEED]: so many runs, with the seeds from FIRST-SEED on. simulate --trace SEED: one run, with
// everything that happens in it. Exits with 1 where something did not hold, and names the seed.
#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <iostream>

#include "tests/simulation/simulation.h"

using namespace cmpkit::simulation;

namespace {

int trace(const Pki& pki, std::uint64_t seed) {
  Statistics statistics;
  const auto broken = Simulation(pki, seed, statistics, &std::cout).run();
  std::cout << (broken ? "BROKEN: " + *broken : std::string("all holds")) << "\n";
  return broken ? 1 : 0;
}

/// Every 100th run is made twice: the same seed must put the same octets on the network.
std::optional<std::string> run(const Pki& pki, std::uint64_t seed, Statistics& statistics) {
  Simulation simulation(pki, seed, statistics, nullptr);
  auto broken = simulation.run();
  if (broken || seed % 100 != 0) return broken;
  Statistics again_statistics;
  Simulation again(pki, seed, again_statistics, nullptr);
  again.run();
  if (again.fingerprint() != simulation.fingerprint()) return "the same seed gave another run";
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    std::cerr << "usage: simulate RUNS [FIRST-SEED] | simulate --trace SEED\n";
    return 2;
  }
  const Pki pki;
  if (std::strcmp(argv[1], "--trace") == 0) return trace(pki, std::strtoull(argv[argc - 1], nullptr, 10));
  const std::uint64_t runs = std::strtoull(argv[1], nullptr, 10);
  const std::uint64_t first = argc == 3 ? std::strtoull(argv[2], nullptr, 10) : 0;
  Statistics statistics;
  for (std::uint64_t seed = first; seed < first + runs; ++seed) {
    if (const auto broken = run(pki, seed, statistics)) {
      fmt::print("seed {}: {}\nagain, with all that happens: {} --trace {}\n", seed, *broken, argv[0], seed);
      return 1;
    }
    if ((seed - first + 1) % 10'000 == 0) std::cerr << seed - first + 1 << " of " << runs << " runs\n";
  }
  fmt::print("{} runs from seed {} on: all holds\n", runs, first);
  for (const auto& [what, count] : statistics.counts) fmt::print("{:>9} {}\n", count, what);
  return 0;
}
