// Our client by the conformance suite, which plays the server.
#include "conformance/client_runner.h"
#include "tests/conformance/checked.h"
#include "tests/conformance/world_peer.h"

namespace cmpkit::conformance::test {
namespace {

TEST_CASE("our client makes of every answer what the suite wants") {
  WorldPeer world;
  ClientRunner runner(world.peer());
  for (const ClientCase& wanted : all_client_cases()) CHECK(check(runner.run(wanted)));
  check_messages(runner.messages());
}

TEST_CASE("every case about our client has a name of its own") { check_names(all_client_cases()); }

}  // namespace
}  // namespace cmpkit::conformance::test
