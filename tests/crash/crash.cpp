// crash sqlite|postgresql KILLS [SEED]: a CA under load is killed so often; nothing that it acknowledged may be lost,
// nothing be there twice. Exits with 1 where something was, and with 77 where there is no PostgreSQL.
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "tests/crash/trial.h"

using namespace cmpkit::crash;

namespace {

constexpr int skipped = 77;
constexpr std::size_t most_shown = 20;

std::optional<std::string> why_not(Trial::Kind kind) {
  if (kind == Trial::Kind::sqlite) return std::nullopt;
#ifdef CMPKIT_WITH_POSTGRESQL
  return cmpkit::test::PostgresqlCluster::missing();
#else
  return "cmpkit was built without PostgreSQL";
#endif
}

int run(Trial::Kind kind, unsigned kills, std::uint64_t seed) {
  const auto broken = Trial(kind, CMPKIT_COMMAND, seed).run(kills);
  for (std::size_t i = 0; i < std::min(broken.size(), most_shown); ++i) fmt::print("BROKEN: {}\n", broken[i]);
  if (broken.empty()) fmt::print("all holds\n");
  return broken.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) try {
  const std::string_view which = argc > 1 ? argv[1] : "";
  const unsigned kills = argc > 2 ? static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10)) : 0;
  const std::uint64_t seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;
  if (argc < 3 || argc > 4 || kills == 0 || (which != "sqlite" && which != "postgresql")) {
    std::cerr << "usage: crash sqlite|postgresql KILLS [SEED]\n";
    return 2;
  }
  const auto kind = which == "sqlite" ? Trial::Kind::sqlite : Trial::Kind::postgresql;
  if (const auto why = why_not(kind)) {
    fmt::print("skipped: {}\n", *why);
    return skipped;
  }
  return run(kind, kills, seed);
} catch (const std::exception& error) {
  std::cerr << "crash: " << error.what() << "\n";
  return 1;
}
