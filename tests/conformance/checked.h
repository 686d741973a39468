// What the tests of our engines by the suite check.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <set>

#include "conformance/report.h"

namespace cmpkit::conformance::test {

/// No failure. True where the case was run.
inline bool check(const CaseResult& result) {
  INFO(failures_text({{}, {result}, {}}));
  CHECK(result.verdict != Verdict::failed);
  return result.verdict != Verdict::skipped;
}

/// None of the rules for every message is broken.
inline void check_messages(const std::vector<AnswerResult>& messages) {
  for (const AnswerResult& each : messages) {
    INFO(each.rule->id << ": " << each.rule->text << "\n" << each.example);
    CHECK(each.broken == 0);
  }
}

/// Each has a name of its own and a rule.
template <class AnyCase>
void check_names(const std::vector<AnyCase>& cases) {
  std::set<std::string_view> names;
  for (const AnyCase& each : cases) {
    CAPTURE(each.name);
    CHECK(names.insert(each.name).second);
    CHECK_FALSE(each.rules.empty());
  }
}

}  // namespace cmpkit::conformance::test
