// `cmpkit ra serve`: device -> RA -> CA, all of them the built command, over HTTP.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/tools/new_ra.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;

/// `cmpkit ra serve`.
class RaServer : public Server {
 public:
  explicit RaServer(const NewRa& ra, const Arguments& options = {}) : Server(ra.folder(), options, "ra") {
    REQUIRE_FALSE(url.empty());
  }
};

/// Asks for a certificate as device-1, with the secret that the RA knows.
Arguments enrollment(const CaWithRa& above, const NewRa& ra, const std::string& url, const Arguments& options = {}) {
  Arguments out{"enroll",
                "--server",
                url,
                "--ref",
                "device-1",
                "--secret",
                "pass:open",
                "--trusted",
                above.ca / "root.crt",
                "--subject",
                "/CN=device-1",
                "--newkey",
                ra.scratch("device.key"),
                "--certout",
                ra.scratch("device.crt"),
                "--verbose"};
  out.insert(out.end(), options.begin(), options.end());
  return out;
}

void check_done(const Finished& done) {
  INFO(done.out << done.err);
  CHECK(done.status == 0);
}

std::string certificates_at(const CaWithRa& above) { return cmpkit({"ca", "list", above.ca.folder()}).out; }

TEST_CASE("somebody approves at the RA; it is killed and started again while the device polls") {
  const CaWithRa above;
  const Server ca(above.ca.folder());
  const NewRa ra(above, ca.url);
  edit(ra / "ra.toml", "[approval]\non = false", "[approval]\non = true");
  edit(ra / "ra.toml", "approval_poll = \"1m\"", "approval_poll = \"1s\"");
  auto server = std::make_unique<RaServer>(ra);
  const std::string url = server->url;
  Arguments command = enrollment(above, ra, url, {"--retries", "20", "--retry-wait", "1"});
  command.insert(command.begin(), CMPKIT_COMMAND);
  Process device(command);
  for (int i = 0; i < 200 && json_of({"ra", "pending", ra.folder()}).empty(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
  server->kill();
  const std::string address = url.substr(url.find("//") + 2);
  server = std::make_unique<RaServer>(ra, Arguments{"--listen", address});
  NewRa::approve(ra.folder(), "ra");
  check_done(device.wait());
  CHECK_THAT(certificates_at(above), ContainsSubstring("device-1"));
}

TEST_CASE("while the CA is away a device is told to come back, and succeeds once it is there") {
  const CaWithRa above;
  auto ca = std::make_unique<Server>(above.ca.folder());
  const std::string address = ca->url.substr(ca->url.find("//") + 2);
  const NewRa ra(above, ca->url);
  ca->kill();
  const RaServer server(ra);
  const Finished refused = cmpkit(enrollment(above, ra, server.url, {"--retries", "0"}));
  CHECK(refused.status == 1);
  CHECK_THAT(refused.out + refused.err, ContainsSubstring("systemUnavail"));

  Arguments command =
      enrollment(above, ra, server.url, {"--retries", "20", "--retry-wait", "1", "--rspout", ra.scratch("first.der")});
  command.insert(command.begin(), CMPKIT_COMMAND);
  Process device(command);
  for (int i = 0; i < 200 && !file_exists(ra.scratch("first.der")); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
  ca = std::make_unique<Server>(above.ca.folder(), Arguments{"--listen", address});
  check_done(device.wait());
}

}  // namespace
}  // namespace cmpkit::tools
