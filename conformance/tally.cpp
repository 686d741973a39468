#include "conformance/tally.h"

#include <fmt/format.h>

namespace cmpkit::conformance {

void Tally::add(const AnswerCheck& made, std::string_view where, std::string_view what) {
  AnswerResult& result = results_.try_emplace(made.rule, AnswerResult{made.rule, 0, 0, {}, {}}).first->second;
  ++(made.fault.empty() ? result.held : result.broken);
  if (made.fault.empty() || !result.example.empty()) return;
  result.example = fmt::format("{}: {}", where, made.fault);
  if (!what.empty()) result.example += fmt::format(" ({})", what);
}

std::vector<AnswerResult> Tally::results(const Peer& peer) const {
  std::vector<AnswerResult> out;
  for (const cmp::Rule* rule : cmp::all_rules()) {
    const auto found = results_.find(rule);
    if (found == results_.end()) continue;
    out.push_back(found->second);
    const auto known = peer.tolerated.find(rule->id);
    if (known != peer.tolerated.end()) out.back().tolerated = known->second;
  }
  return out;
}

}  // namespace cmpkit::conformance
