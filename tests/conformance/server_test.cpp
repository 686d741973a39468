// Our responder by the conformance suite.
#include "conformance/coverage.h"
#include "tests/conformance/checked.h"
#include "tests/conformance/world_peer.h"

namespace cmpkit::conformance::test {
namespace {

using Kind = cmp::SubjectRule::Kind;

bool needs(const Case& wanted, std::string_view feature) {
  const auto features = features_of(wanted);
  return std::find(features.begin(), features.end(), feature) != features.end();
}

TEST_CASE("our responder does what every case of the suite wants") {
  WorldPeer world;
  Runner runner(world.peer());
  std::size_t run = 0;
  for (const Case& wanted : all_cases()) run += check(runner.run(wanted)) ? 1U : 0U;
  CHECK(run > 240);  // all but those about HTTP, CRLs and other settings
  check_messages(runner.messages());
}

TEST_CASE("... also where requesters may ask for their own name only") {
  WorldPeer world({.subject = Kind::same});
  Runner runner(world.peer());
  std::size_t cases = 0;
  for (const Case& wanted : all_cases())
    if (needs(wanted, feature::bound_subject)) check(runner.run(wanted)), ++cases;
  CHECK(cases > 0);
  check_messages(runner.messages());
}

TEST_CASE("... also where several requests may be in one message") {
  WorldPeer world({.several = true});
  Runner runner(world.peer());
  for (const Case& wanted : all_cases()) check(runner.run(wanted));
  check_messages(runner.messages());
}

TEST_CASE("every case has a name of its own") { check_names(all_cases()); }

TEST_CASE("every MUST that has no case says why") {
  for (const Uncovered& each : coverage().uncovered) {
    CAPTURE(each.rule->id, each.rule->text);
    CHECK_FALSE(each.reason.empty());
  }
}

}  // namespace
}  // namespace cmpkit::conformance::test
