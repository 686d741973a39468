// Our relay by the conformance suite, which plays the devices below it and the CA above it.
#include <catch2/generators/catch_generators.hpp>

#include "conformance/relay_runner.h"
#include "tests/conformance/checked.h"
#include "tests/conformance/relay_peer.h"

namespace cmpkit::conformance::test {
namespace {

TEST_CASE("our relay does what every case of the suite wants, however it forwards") {
  const auto passing = GENERATE(Passing::unchanged, Passing::adding, Passing::replacing, Passing::vouching,
                                Passing::replacing_by_secret, Passing::in_batches);
  CAPTURE(text_of(passing));
  RelayPeer relay(passing);
  RelayRunner runner(relay.peer(), relay.upstream());
  std::size_t run = 0;
  for (const RelayCase& wanted : all_relay_cases()) run += check(runner.run(wanted)) ? 1U : 0U;
  CHECK(run > (passing == Passing::in_batches ? 40U : 95U));  // all but those about another way of forwarding
  check_messages(runner.messages());
}

TEST_CASE("our relay is a server as the cases about servers want it, however it forwards") {
  const auto passing = GENERATE(Passing::unchanged, Passing::adding, Passing::replacing, Passing::vouching,
                                Passing::replacing_by_secret);
  CAPTURE(text_of(passing));
  RelayPeer relay(passing);
  Runner runner(relay.peer());
  std::size_t run = 0;
  for (const Case& wanted : all_cases()) run += check(runner.run(wanted)) ? 1U : 0U;
  CHECK(run > 220);  // all but those about HTTP, CRLs, other settings and what only a CA knows
  check_messages(runner.messages());
}

TEST_CASE("every case about RAs has a name of its own") { check_names(all_relay_cases()); }

}  // namespace
}  // namespace cmpkit::conformance::test
