// Our relay by the conformance suite, which plays the devices below it and the CA above it.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <set>

#include "conformance/relay_runner.h"
#include "conformance/report.h"
#include "tests/conformance/relay_peer.h"

namespace cmpkit::conformance::test {
namespace {

TEST_CASE("our relay does what every case of the suite wants, however it forwards") {
  const auto passing = GENERATE(Passing::unchanged, Passing::adding, Passing::replacing, Passing::replacing_by_secret,
                                Passing::in_batches);
  CAPTURE(text_of(passing));
  RelayPeer relay(passing);
  RelayRunner runner(relay.peer(), relay.upstream());
  std::size_t run = 0;
  for (const RelayCase& wanted : all_relay_cases()) {
    const CaseResult result = runner.run(wanted);
    INFO(failures_text({{}, {result}, {}}));
    CHECK(result.verdict != Verdict::failed);
    run += result.verdict != Verdict::skipped ? 1U : 0U;
  }
  CHECK(run > 35);
  for (const AnswerResult& each : runner.messages()) {
    INFO(each.rule->id << ": " << each.rule->text << "\n" << each.example);
    CHECK(each.broken == 0);
  }
}

TEST_CASE("every case about RAs has a name of its own") {
  std::set<std::string_view> names;
  for (const RelayCase& each : all_relay_cases()) {
    CAPTURE(each.name);
    CHECK(names.insert(each.name).second);
    CHECK_FALSE(each.rules.empty());
    CHECK_FALSE(each.steps.empty());
  }
}

}  // namespace
}  // namespace cmpkit::conformance::test
