#include "conformance/sections.h"

#include <algorithm>
#include <array>

namespace cmpkit::conformance {
namespace {

constexpr Section all[] = {
    {2, "Header"},
    {3, "Protection and extraCerts"},
    {4, "Validation on receipt"},
    {5, "Errors"},
    {6, "Operations"},
    {7, "General messages"},
    {8, "Registration authorities"},
    {10, "Proof of possession"},
    {11, "Algorithms"},
    {12, "Transfer"},
    {13, "Security"},
};

struct Letters {
  std::string_view prefix;
  int section;
};
constexpr Letters letters[] = {
    {"PRE-", 6}, {"ST-", 6}, {"SEC-", 13}, {"DL-", 6}, {"H-", 2},  {"P-", 3}, {"V-", 4}, {"E-", 5},
    {"R-", 6},   {"C-", 6},  {"K-", 6},    {"N-", 6},  {"M-", 6},  {"G-", 6}, {"X-", 6}, {"S-", 7},
    {"T-", 7},   {"L-", 7},  {"Q-", 10},   {"B-", 11}, {"W-", 12}, {"A-", 8},
};

}  // namespace

std::span<const Section> sections() { return all; }

const Section& section_of(const cmp::Rule& rule) {
  const auto* found = std::find_if(std::begin(letters), std::end(letters),
                                   [&](const Letters& each) { return rule.id.starts_with(each.prefix); });
  const int number = found == std::end(letters) ? 13 : found->section;
  return *std::find_if(std::begin(all), std::end(all), [&](const Section& each) { return each.number == number; });
}

std::string_view name_of(cmp::Level level) {
  constexpr std::array<std::string_view, 4> names{"MUST", "SHOULD", "MAY", "rule"};
  return names[static_cast<std::size_t>(level)];
}

std::string_view name_of(cmp::Who who) {
  constexpr std::array<std::string_view, 4> names{"EE", "CA", "all", "RA"};
  return names[static_cast<std::size_t>(who)];
}

}  // namespace cmpkit::conformance
