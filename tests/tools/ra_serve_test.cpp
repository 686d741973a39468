// `cmpkit ra serve`: device -> RA -> CA, all of them the built command, over HTTP.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/tools/new_ra.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;

std::string certificates_at(const CaWithRa& above) { return cmpkit({"ca", "list", above.ca.folder()}).out; }

TEST_CASE("somebody approves at the RA; it is killed and started again while the device polls") {
  const CaWithRa above;
  const Server ca(above.ca.folder());
  const NewRa ra(above, ca.url);
  edit(ra / "ra.toml", "[approval]\non = false", "[approval]\non = true");
  edit(ra / "ra.toml", "approval_poll = \"1m\"", "approval_poll = \"1s\"");
  auto server = std::make_unique<RaServer>(ra);
  const Arguments address = server->same_address();
  Process device(enrollment(above, ra, server->url, patient), patient_process());
  wait_until([&] { return !json_of({"ra", "pending", ra.folder()}).empty(); });
  server->kill();
  server = std::make_unique<RaServer>(ra, address);
  NewRa::approve(ra.folder(), "ra");
  check_done(device.wait());
  CHECK_THAT(certificates_at(above), ContainsSubstring("device-1"));
}

TEST_CASE("while the CA is away a device is told to come back, and succeeds once it is there") {
  const CaWithRa above;
  auto ca = std::make_unique<Server>(above.ca.folder());
  const NewRa ra(above, ca->url);
  ca->kill();
  const RaServer server(ra);
  const Finished refused = test::run(enrollment(above, ra, server.url, {"--retries", "0"}));
  CHECK(refused.status == 1);
  CHECK_THAT(refused.out + refused.err, ContainsSubstring("systemUnavail"));

  Arguments options = patient;
  options.insert(options.end(), {"--rspout", ra.scratch("first.der")});
  Process device(enrollment(above, ra, server.url, options), patient_process());
  wait_until([&] { return file_exists(ra.scratch("first.der")); });
  ca = std::make_unique<Server>(above.ca.folder(), ca->same_address());
  check_done(device.wait());
}

}  // namespace
}  // namespace cmpkit::tools
