#include "conformance/coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "conformance/answer_rules.h"
#include "conformance/client_case.h"
#include "conformance/relay_run.h"

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

constexpr std::string_view on_behalf =
    "what an RA asks for of itself is begun by no message; tests of its own and the demonstration see to it";

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
    {"A-50", on_behalf},
    {"A-52", on_behalf},
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
  for (const RelayCase& each : all_relay_cases()) out.insert(each.rules.begin(), each.rules.end());
  out.insert(relay_rules().begin(), relay_rules().end());
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
    const std::size_t one = covered ? 1U : 0U;
    if (rule->who == cmp::Who::ra) ++out.ra_must, out.ra_covered += one;
    if (rule->who == cmp::Who::ee || rule->who == cmp::Who::all) ++out.ee_must, out.ee_covered += one;
    if (rule->who == cmp::Who::server || rule->who == cmp::Who::all) ++out.server_must, out.server_covered += one;
    if (!covered) out.uncovered.push_back({rule, reason_for(*rule)});
  }
  return out;
}

std::string text_of(const Coverage& coverage) {
  return fmt::format("{} of {} MUST rules for end entities, {} of {} for CAs and {} of {} for RAs alone have a case",
                     coverage.ee_covered, coverage.ee_must, coverage.server_covered, coverage.server_must,
                     coverage.ra_covered, coverage.ra_must);
}

}  // namespace cmpkit::conformance
