// Our responder by the conformance suite.
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "conformance/coverage.h"
#include "conformance/report.h"
#include "tests/conformance/world_peer.h"

namespace cmpkit::conformance::test {
namespace {

using Kind = cmp::SubjectRule::Kind;

bool needs(const Case& wanted, std::string_view feature) {
  const auto features = features_of(wanted);
  return std::find(features.begin(), features.end(), feature) != features.end();
}

/// True where the case was run.
bool check(Runner& runner, const Case& wanted) {
  const CaseResult result = runner.run(wanted);
  INFO(failures_text({{}, {result}, {}}));
  CHECK(result.verdict != Verdict::failed);
  return result.verdict != Verdict::skipped;
}

void check_answers(const Runner& runner) {
  for (const AnswerResult& each : runner.messages()) {
    INFO(each.rule->id << ": " << each.rule->text << "\n" << each.example);
    CHECK(each.broken == 0);
  }
}

TEST_CASE("our responder does what every case of the suite wants") {
  WorldPeer world;
  Runner runner(world.peer());
  std::size_t run = 0;
  for (const Case& wanted : all_cases()) run += check(runner, wanted) ? 1U : 0U;
  CHECK(run > 240);  // all but those about HTTP, CRLs and other settings
  check_answers(runner);
}

TEST_CASE("... also where requesters may ask for their own name only") {
  WorldPeer world({.subject = Kind::same});
  Runner runner(world.peer());
  std::size_t cases = 0;
  for (const Case& wanted : all_cases())
    if (needs(wanted, feature::bound_subject)) check(runner, wanted), ++cases;
  CHECK(cases > 0);
  check_answers(runner);
}

TEST_CASE("... also where several requests may be in one message") {
  WorldPeer world({.several = true});
  Runner runner(world.peer());
  for (const Case& wanted : all_cases()) check(runner, wanted);
  check_answers(runner);
}

TEST_CASE("every case has a name of its own") {
  std::set<std::string_view> names;
  for (const Case& each : all_cases()) {
    CAPTURE(each.name);
    CHECK(names.insert(each.name).second);
    CHECK_FALSE(each.rules.empty());
    CHECK_FALSE(each.steps.empty());
  }
}

TEST_CASE("every MUST that has no case says why") {
  for (const Uncovered& each : coverage().uncovered) {
    CAPTURE(each.rule->id, each.rule->text);
    CHECK_FALSE(each.reason.empty());
  }
}

}  // namespace
}  // namespace cmpkit::conformance::test
