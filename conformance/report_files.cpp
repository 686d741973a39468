// The reports that programs read.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "conformance/coverage.h"
#include "conformance/report.h"
#include "conformance/sections.h"

namespace cmpkit::conformance {
namespace {

using Json = nlohmann::ordered_json;

/// Text for an attribute or for content. What XML 1.0 has no place for becomes `?`.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (c == '\n')
      out += "&#10;";
    else
      out += octet < 0x20 || octet >= 0x7F ? '?' : c;
  }
  return out;
}

std::string hex(const Octets& octets) { return fmt::format("{:02x}", fmt::join(octets, "")); }

std::string all_that_was_said(const CaseResult& result) {
  std::string out;
  for (const Said& said : result.said)
    out += fmt::format("sent: {}\nreceived: {}\nexpected: {}\n", said.sent, said.received, said.expected);
  return out;
}

std::string junit_case(const CaseResult& result) {
  const std::string open = fmt::format("    <testcase classname=\"{}\" name=\"{}\"", escaped(result.rules.front()->id),
                                       escaped(result.name));
  if (result.verdict == Verdict::passed) return open + "/>\n";
  if (result.verdict == Verdict::failed)
    return fmt::format("{}>\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n", open,
                       escaped(result.reason), escaped(all_that_was_said(result)));
  return fmt::format("{}>\n      <skipped message=\"{}\"/>\n    </testcase>\n", open, escaped(result.reason));
}

std::string junit_answer(const AnswerResult& result) {
  const std::string open =
      fmt::format("    <testcase classname=\"{0}\" name=\"every message keeps {0}\"", escaped(result.rule->id));
  if (result.broken == 0) return open + "/>\n";
  const std::string_view element = result.tolerated.empty() ? "failure" : "skipped";
  return fmt::format("{}>\n      <{} message=\"{}\"/>\n    </testcase>\n", open, element, escaped(result.example));
}

std::string junit_suite(std::string_view name, const std::string& content) {
  return fmt::format("  <testsuite name=\"{}\">\n{}  </testsuite>\n", escaped(name), content);
}

Json said_json(const Said& said, bool with_octets) {
  Json out{{"sent", said.sent}, {"expected", said.expected}, {"received", said.received}};
  if (!said.fault.empty()) out["fault"] = said.fault;
  if (with_octets) {
    out["request"] = hex(said.request);
    out["reply"] = hex(said.reply);
  }
  return out;
}

Json case_json(const CaseResult& result) {
  constexpr std::string_view words[] = {"passed", "failed", "known", "skipped"};
  Json rules = Json::array(), said = Json::array();
  for (const cmp::Rule* rule : result.rules) rules.push_back(rule->id);
  for (const Said& each : result.said) said.push_back(said_json(each, result.verdict == Verdict::failed));
  Json out{{"name", result.name}, {"rules", rules}, {"verdict", words[static_cast<std::size_t>(result.verdict)]}};
  if (!result.reason.empty()) out["reason"] = result.reason;
  out["said"] = said;
  return out;
}

Json answer_json(const AnswerResult& result) {
  Json out{{"rule", result.rule->id}, {"held", result.held}, {"broken", result.broken}};
  if (!result.example.empty()) out["example"] = result.example;
  if (!result.tolerated.empty()) out["known"] = result.tolerated;
  return out;
}

Json coverage_json() {
  const Coverage covered = coverage();
  Json uncovered = Json::array();
  for (const Uncovered& each : covered.uncovered)
    uncovered.push_back({{"rule", each.rule->id}, {"reason", each.reason}});
  return {{"ee_must", covered.ee_must},
          {"ee_covered", covered.ee_covered},
          {"server_must", covered.server_must},
          {"server_covered", covered.server_covered},
          {"ra_must", covered.ra_must},
          {"ra_covered", covered.ra_covered},
          {"uncovered", uncovered}};
}

}  // namespace

std::string junit_xml(const Results& results) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += fmt::format("<testsuites name=\"conformance of {}\">\n", escaped(results.peer));
  for (const Section& section : sections()) {
    std::string content;
    for (const CaseResult& each : results.cases)
      if (&section_of(*each.rules.front()) == &section) content += junit_case(each);
    if (!content.empty()) out += junit_suite(section.title, content);
  }
  std::string content;
  for (const AnswerResult& each : results.answers) content += junit_answer(each);
  return out + junit_suite("Every message", content) + "</testsuites>\n";
}

std::string json_text(const Results& results) {
  Json cases = Json::array(), answers = Json::array();
  for (const CaseResult& each : results.cases) cases.push_back(case_json(each));
  for (const AnswerResult& each : results.answers) answers.push_back(answer_json(each));
  const Json out{{"peer", results.peer},
                 {"good", results.good()},
                 {"cases", cases},
                 {"answers", answers},
                 {"coverage", coverage_json()}};
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace cmpkit::conformance
