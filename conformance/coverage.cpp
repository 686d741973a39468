#include "conformance/coverage.h"

#include <algorithm>
#include <set>

#include "conformance/answer_rules.h"
#include "conformance/client_case.h"

namespace cmpkit::conformance {
namespace {

struct Reason {
  std::string_view id;
  std::string_view text;
};

constexpr std::string_view key_generation = "central key generation is not supported here";
constexpr std::string_view coap = "CoAP is not supported here";
constexpr std::string_view local = "nothing of it shows in a message";

constexpr Reason reasons[] = {
    {"H-01", key_generation},
};

std::set<const cmp::Rule*> covered_rules() {
  std::set<const cmp::Rule*> out;
  for (const Case& each : all_cases()) out.insert(each.rules.begin(), each.rules.end());
  for (const ClientCase& each : all_client_cases()) out.insert(each.rules.begin(), each.rules.end());
  out.insert(answer_rules().begin(), answer_rules().end());
  out.insert(client_rules().begin(), client_rules().end());
  return out;
}

std::string_view reason_for(const cmp::Rule& rule) {
  const auto* found =
      std::find_if(std::begin(reasons), std::end(reasons), [&](const Reason& each) { return each.id == rule.id; });
  return found == std::end(reasons) ? std::string_view{} : found->text;
}

}  // namespace

bool is_covered(const cmp::Rule& rule) {
  static const std::set<const cmp::Rule*> all = covered_rules();
  return all.contains(&rule);
}

Coverage coverage() {
  Coverage out;
  for (const cmp::Rule* rule : cmp::all_rules()) {
    if (rule->level != cmp::Level::must) continue;
    const bool covered = is_covered(*rule);
    if (rule->who != cmp::Who::server) ++out.ee_must, out.ee_covered += covered ? 1 : 0;
    if (rule->who != cmp::Who::ee) ++out.server_must, out.server_covered += covered ? 1 : 0;
    if (!covered) out.uncovered.push_back({rule, reason_for(*rule)});
  }
  return out;
}

}  // namespace cmpkit::conformance
