// `cmpkit ra serve`: device -> RA -> CA, all of them the built command, over HTTP.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
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

/// Asks for a further certificate with the one that it has, until that is refused or time is up.
std::string answer_to_renewals(const CaWithRa& above, const NewRa& ra, const std::string& url) {
  for (int i = 0; i < 100; ++i) {
    const Finished done = cmpkit({"enroll", "--cmd", "cr", "--server", url, "--cert", ra.scratch("device-1.crt"),
                                  "--key", ra.scratch("device-1.key"), "--extracerts", above.ca / "ca.crt", "--trusted",
                                  above.ca / "root.crt", "--subject", "/CN=device-1", "--newkey",
                                  ra.scratch("further.key"), "--certout", ra.scratch("further.crt")});
    if (done.status != 0) return done.out + done.err;
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
  }
  return "never refused";
}

TEST_CASE("V-36 the RA hears while it serves that a device was revoked, by files or from upstream") {
  const CaWithRa above;
  const Server ca(above.ca.folder());
  const NewRa ra(above, ca.url);
  const bool fetched = GENERATE(false, true);
  const std::string crl = ra / "crls/ca.crl";
  const auto publish = [&] { check_done(cmpkit({"ca", "crl", above.ca.folder(), "--out", crl})); };
  REQUIRE(std::filesystem::create_directory(ra / "crls"));
  if (fetched) {
    edit(ra / "ra.toml", "#[cache]\n#upstream = \"ca\"", "[cache]\nupstream = \"ca\"");
    edit(ra / "ra.toml", "#crls_of = [\"ra.crt\"]", "crls_of = [\"ra.crt\"]");
    edit(ra / "ra.toml", "#refresh = \"1h\"", "refresh = \"1s\"");
  } else {
    edit(ra / "ra.toml", "crls = []", "crls = [\"crls\"]");
    publish();
  }
  const RaServer server(ra);
  check_done(test::run(enrollment(above, ra, server.url)));
  const std::string serial = serial_of(ra.scratch("device-1.crt"));
  check_done(cmpkit({"ca", "revoke", above.ca.folder(), serial, "--reason", "keyCompromise"}));
  if (!fetched) publish();
  const std::string answer = answer_to_renewals(above, ra, server.url);
  CHECK_THAT(answer, ContainsSubstring("V-36"));
  CHECK_THAT(answer, ContainsSubstring("is revoked"));
}

}  // namespace
}  // namespace cmpkit::tools
