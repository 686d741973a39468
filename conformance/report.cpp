#include "conformance/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "conformance/coverage.h"
#include "conformance/sections.h"

namespace cmpkit::conformance {
namespace {

constexpr std::array<std::string_view, 4> verdict_words{"ok", "FAIL", "known", "skip"};

/// How the cases of one rule went.
struct RuleCount {
  std::array<std::size_t, 4> by_verdict{};
  std::size_t held = 0, broken = 0;  // of all messages
  [[nodiscard]] std::size_t cases() const { return by_verdict[0] + by_verdict[1] + by_verdict[2] + by_verdict[3]; }
};

using Counts = std::map<const cmp::Rule*, RuleCount>;

Counts count(const Results& results) {
  Counts out;
  for (const CaseResult& each : results.cases)
    for (const cmp::Rule* rule : each.rules) ++out[rule].by_verdict[static_cast<std::size_t>(each.verdict)];
  for (const AnswerResult& each : results.answers) {
    out[each.rule].held = each.held;
    out[each.rule].broken = each.broken;
  }
  return out;
}

std::string rule_line(const cmp::Rule& rule, const RuleCount& count) {
  const std::string answers =
      count.held + count.broken == 0 ? "" : fmt::format("{}/{}", count.held, count.held + count.broken);
  return fmt::format("  {:<6} {:<3} {:<6} {:>5} {:>5} {:>5} {:>5} {:>5} {:>9}  {}\n", rule.id, name_of(rule.who),
                     name_of(rule.level), count.cases(), count.by_verdict[0], count.by_verdict[1], count.by_verdict[2],
                     count.by_verdict[3], answers, rule.text);
}

std::string rule_heading(const cmp::Rule& rule) {
  return fmt::format("{} ({}): {}", rule.id, rule.reference, rule.text);
}

std::string failure_text(const CaseResult& result) {
  std::string out = fmt::format("FAIL  {}\n      {}\n", result.name, rule_heading(*result.rules.front()));
  for (const Said& said : result.said) {
    out += fmt::format("      sent      {}\n      received  {}\n", said.sent, said.received);
    if (!said.fault.empty()) out += fmt::format("      expected  {}\n      so        {}\n", said.expected, said.fault);
  }
  if (result.said.empty()) out += fmt::format("      {}\n", result.reason);
  return out;
}

}  // namespace

std::string progress_line(const CaseResult& result) {
  std::string out = fmt::format("{:<5} {:<6} {}", verdict_words[static_cast<std::size_t>(result.verdict)],
                                result.rules.front()->id, result.name);
  if (result.verdict != Verdict::passed) out += fmt::format(": {}", result.reason);
  return out;
}

std::string failures_text(const Results& results) {
  std::string out;
  for (const CaseResult& each : results.cases)
    if (each.verdict == Verdict::failed) out += failure_text(each);
  for (const AnswerResult& each : results.answers)
    if (each.broken != 0)
      out += fmt::format("{}  {} of {} messages\n      {}\n      for example: {}\n",
                         each.tolerated.empty() ? "FAIL" : "known", each.broken, each.held + each.broken,
                         rule_heading(*each.rule), each.example);
  return out;
}

std::string table_text(const Results& results) {
  const Counts counts = count(results);
  std::string out = fmt::format("  {:<6} {:<3} {:<6} {:>5} {:>5} {:>5} {:>5} {:>5} {:>9}\n", "rule", "who", "level",
                                "cases", "ok", "fail", "known", "skip", "messages");
  for (const Section& section : sections()) {
    out += fmt::format("{} {}\n", section.number, section.title);
    for (const cmp::Rule* rule : cmp::all_rules())
      if (const auto found = counts.find(rule); found != counts.end() && &section_of(*rule) == &section)
        out += rule_line(*rule, found->second);
  }
  return out;
}

std::string skipped_text(const Results& results) {
  std::map<std::string, std::vector<std::string_view>> by_reason;
  for (const CaseResult& each : results.cases)
    if (each.verdict == Verdict::skipped) by_reason[each.reason].push_back(each.name);
  std::string out;
  for (const auto& [reason, names] : by_reason) out += fmt::format("skip  {}: {} cases\n", reason, names.size());
  for (const CaseResult& each : results.cases)
    if (each.verdict == Verdict::tolerated) out += fmt::format("known {}: {}\n", each.name, each.reason);
  return out;
}

std::string summary_text(const Results& results) {
  const auto broken = std::count_if(results.answers.begin(), results.answers.end(), [](const AnswerResult& each) {
    return each.broken != 0 && each.tolerated.empty();
  });
  return fmt::format(
      "{}: {} cases: {} passed, {} failed, {} known, {} skipped; {} rules for every message, {} broken\n"
      "coverage: {}\n",
      results.peer, results.cases.size(), results.count(Verdict::passed), results.count(Verdict::failed),
      results.count(Verdict::tolerated), results.count(Verdict::skipped), results.answers.size(), broken,
      text_of(coverage()));
}

}  // namespace cmpkit::conformance
