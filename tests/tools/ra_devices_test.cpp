// `cmpkit ra serve` with [inventory] and [[vendor]]: the devices of a factory, known and unknown.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/tools/new_ra.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;

/// The RA knows the factory as the vendor ACME, whatever the O of its devices, and gives them names of the operator.
class World {
 public:
  World() {
    std::filesystem::create_directories(ra / "vendors/acme");
    std::filesystem::copy_file(factory_ / "root.crt", ra / "vendors/acme/root.crt");
    edit(ra / "ra.toml", "trusted = [\"operator\", \"trusted\"]",
         "trusted = [\"operator\", \"trusted\", \"vendors/acme\"]");
    edit(ra / "ra.toml", "[inventory]\non = false\n#permissions", "[inventory]\non = true\npermissions");
    edit(ra / "ra.toml", "#[[vendor]]\n#name = \"ACME\"\n#anchors", "[[vendor]]\nname = \"ACME\"\nanchors");
    edit(ra / "ra.toml", "name = \"devices of manufacturers\"\n",
         "name = \"devices of manufacturers\"\nsubject = \"/O=Operator/CN={serialNumber}\"\n");
    REQUIRE(cmpkit({"store", "migrate", ra.folder()}).status == 0);
  }
  /// Comes from the factory with its IDevID.
  void make(const std::string& serial) const {
    const Server server(factory_.folder(), {"--log-level", "off"});
    check_done(cmpkit({"enroll", "--server", server.url, "--ref", "station-1", "--secret",
                       "file:" + factory_ / "station-1.secret", "--trusted", factory_ / "root.crt", "--subject",
                       "/O=Factory/serialNumber=" + serial, "--newkey", file(serial, "idevid.key"), "--certout",
                       file(serial, "idevid.crt"), "--chainout", file(serial, "chain.crt")}));
  }
  [[nodiscard]] Finished onboard(const std::string& url, const std::string& serial) const {
    return cmpkit({"enroll", "--server", url, "--cert", file(serial, "idevid.crt"), "--key", file(serial, "idevid.key"),
                   "--extracerts", file(serial, "chain.crt"), "--trusted", above.ca / "root.crt", "--newkey",
                   file(serial, "key"), "--certout", file(serial, "crt")});
  }
  [[nodiscard]] std::string file(const std::string& serial, const std::string& name) const {
    return ra.scratch(serial + "." + name);
  }
  void import(const std::string& list) const {
    REQUIRE(write_file(ra.scratch("devices.csv"), bytes_of(list)));
    check_done(cmpkit({"ra", "inventory", "import", ra.folder(), ra.scratch("devices.csv")}));
  }
  [[nodiscard]] std::string state(const std::string& serial) const {
    return json_of({"ra", "inventory", "show", ra.folder(), "ACME", serial})["state"];
  }

  const CaWithRa above;
  const Server ca{above.ca.folder()};
  const NewRa ra{above, ca.url};

 private:
  const NewCa factory_{{"--manufacturer", "--subject", "/O=Factory/CN=Factory CA"}};
};

TEST_CASE("ra serve with [inventory]: who is on the list gets in and its state is learned; others are told no") {
  const World world;
  for (const char* serial : {"4711", "4712"}) world.make(serial);
  world.import("manufacturer,serial,model\nACME,4711,pump\n");
  const RaServer server(world.ra);

  const Finished unknown = world.onboard(server.url, "4712");
  CHECK(unknown.status == 1);
  CHECK_THAT(unknown.err, ContainsSubstring("notAuthorized"));
  CHECK_THAT(unknown.err, ContainsSubstring("there is no device \"4712\" of \"ACME\" in the inventory"));

  CHECK(world.state("4711") == "manufactured");
  check_done(world.onboard(server.url, "4711"));
  CHECK(world.state("4711") == "in_operation");
  CHECK_THAT(cmpkit({"ca", "list", world.above.ca.folder()}).out, ContainsSubstring("/O=Operator/CN=4711"));

  world.import("manufacturer,serial\nACME,4712\n");  // while it serves
  check_done(world.onboard(server.url, "4712"));
}

TEST_CASE("ra serve with [inventory]: a device that is decommissioned renews nothing and does not come back") {
  const World world;
  world.make("4711");
  world.import("manufacturer,serial\nACME,4711\n");
  const RaServer server(world.ra);
  check_done(world.onboard(server.url, "4711"));
  check_done(cmpkit({"ra", "inventory", "set", world.ra.folder(), "ACME", "4711", "decommissioned"}));

  const Finished renewed =
      cmpkit({"update", "--server", server.url, "--cert", world.file("4711", "crt"), "--key", world.file("4711", "key"),
              "--extracerts", world.above.ca / "ca.crt", "--trusted", world.above.ca / "root.crt", "--newkey",
              world.file("4711", "new.key"), "--certout", world.file("4711", "new.crt")});
  for (const Finished& each : {renewed, world.onboard(server.url, "4711")}) {
    CHECK(each.status == 1);
    CHECK_THAT(each.err, ContainsSubstring("decommissioned"));
  }
  CHECK(world.state("4711") == "decommissioned");

  check_done(
      cmpkit({"ra", "revoke", world.ra.folder(), "--device", "ACME", "4711", "--reason", "cessationOfOperation"}));
  const auto revoked = json_of({"ca", "list", world.above.ca.folder(), "--status", "revoked"});
  REQUIRE(revoked.size() == 1);
  CHECK(revoked[0]["subject"] == "/O=Operator/CN=4711");
}

TEST_CASE("ra serve with [inventory]: an IDevID with another key than the expected one is not believed") {
  const World world;
  world.make("4711");
  world.import("manufacturer,serial,key_sha256\nACME,4711," + std::string(64, 'a') + "\n");
  const RaServer server(world.ra);
  const Finished refused = world.onboard(server.url, "4711");
  CHECK(refused.status == 1);
  CHECK_THAT(refused.err, ContainsSubstring("the key of this IDevID is not the one that is expected"));
  CHECK(world.state("4711") == "manufactured");
}

}  // namespace
}  // namespace cmpkit::tools
