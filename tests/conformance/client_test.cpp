// Our client by the conformance suite, which plays the server.
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "conformance/client_runner.h"
#include "conformance/report.h"
#include "tests/conformance/world_peer.h"

namespace cmpkit::conformance::test {
namespace {

TEST_CASE("our client makes of every answer what the suite wants") {
  WorldPeer world;
  ClientRunner runner(world.peer());
  for (const ClientCase& wanted : all_client_cases()) {
    const CaseResult result = runner.run(wanted);
    INFO(failures_text({{}, {result}, {}}));
    CHECK(result.verdict == Verdict::passed);
  }
  for (const AnswerResult& each : runner.messages()) {
    INFO(each.rule->id << ": " << each.rule->text << "\n" << each.example);
    CHECK(each.broken == 0);
  }
}

TEST_CASE("every case about our client has a name of its own") {
  std::set<std::string_view> names;
  for (const ClientCase& each : all_client_cases()) {
    CAPTURE(each.name);
    CHECK(names.insert(each.name).second);
    CHECK_FALSE(each.rules.empty());
  }
}

}  // namespace
}  // namespace cmpkit::conformance::test
