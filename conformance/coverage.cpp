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

constexpr std::string_view key_generation =
    "no case here has a server make keys; both ends of that have tests of their own";
constexpr std::string_view coap = "CoAP is not supported here";
constexpr std::string_view announcements = "announcements are not taken here; they are bodies out of place (V-04)";

constexpr Reason reasons[] = {
    {"H-01", key_generation},
    {"H-04", announcements},
    {"H-05", "proof of possession by challenge is not supported here"},
    {"H-63", "a server that keeps to RFC 9483 refuses such a request (V-03)"},
    {"H-64", "MACs by key encapsulation are not supported here"},
    {"H-86", "passphrases for revocation are not supported here"},
    {"G-02", key_generation},
    {"G-03", key_generation},
    {"G-04", key_generation},
    {"G-05", key_generation},
    {"G-06", key_generation},
    {"G-07", key_generation},
    {"G-08", key_generation},
    {"G-09", key_generation},
    {"G-10", key_generation},
    {"G-12", key_generation},
    {"G-16", key_generation},
    {"A-01", "each case sees to it; nothing would be left to run where it did not hold"},
    {"DL-14", "whether a message means the profile of Appendix C does not show in it"},
    {"W-11", announcements},
    {"W-20", coap},
    {"W-22", coap},
    {"W-23", coap},
    {"W-30", "messages are not carried by files here"},
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
    if (rule->level != cmp::Level::must || rule->who == cmp::Who::ra) continue;
    const bool covered = is_covered(*rule);
    if (rule->who != cmp::Who::server) ++out.ee_must, out.ee_covered += covered ? 1U : 0U;
    if (rule->who != cmp::Who::ee) ++out.server_must, out.server_covered += covered ? 1U : 0U;
    if (!covered) out.uncovered.push_back({rule, reason_for(*rule)});
  }
  return out;
}

}  // namespace cmpkit::conformance
