// `cmpkit ra inventory`.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/tools/new_ca.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;

/// An RA that has never served, and its store.
class Inventory {
 public:
  Inventory() {
    REQUIRE(cmpkit({"ra", "init", folder(), "--upstream", "http://127.0.0.1:9", "--upstream-trusted", ca_ / "root.crt"})
                .status == 0);
    REQUIRE(cmpkit({"store", "migrate", folder()}).status == 0);
  }
  [[nodiscard]] std::string folder() const { return ca_.scratch("ra"); }
  [[nodiscard]] std::string file(const std::string& name, const std::string& text) const {
    REQUIRE(write_file(ca_.scratch(name), bytes_of(text)));
    return ca_.scratch(name);
  }
  /// `cmpkit ra inventory NAME DIR ...`
  [[nodiscard]] Finished run(const std::string& name, Arguments arguments = {}) const {
    arguments.insert(arguments.begin(), {"ra", "inventory", name, folder()});
    return cmpkit(arguments);
  }
  [[nodiscard]] nlohmann::json json(const std::string& name, Arguments arguments = {}, int status = 0) const {
    arguments.insert(arguments.begin(), {"ra", "inventory", name, folder()});
    return json_of(arguments, status);
  }
  [[nodiscard]] const NewCa& ca() const { return ca_; }

 private:
  NewCa ca_;
};

constexpr const char* three =
    "manufacturer,serial,model,state\nACME,1,pump,\nACME,2,valve,onboarded\nBolt,1,\"pump, small\",\n";

TEST_CASE("ra inventory import takes a list, and the same list again changes nothing") {
  const Inventory inventory;
  const std::string file = inventory.file("devices.csv", three);
  const Finished first = inventory.run("import", {file});
  INFO(first.err);
  CHECK(first.status == 0);
  CHECK(first.out == "3 added, 0 changed, 0 as they were\n");
  CHECK_THAT(first.err, ContainsSubstring("imported 3 of 3"));
  CHECK(inventory.run("import", {file}).out == "0 added, 0 changed, 3 as they were\n");
  CHECK(inventory.json("import", {file})["unchanged"] == 3);

  const auto device = inventory.json("show", {"Bolt", "1"});
  CHECK(device["model"] == "pump, small");
  CHECK(device["state"] == "manufactured");
  CHECK_THAT(inventory.run("show", {"ACME", "2"}).out, ContainsSubstring("onboarded"));
  CHECK(json_of({"ra", "stats", inventory.folder()})["devices"] == 3);
  CHECK_THAT(cmpkit({"ra", "audit", inventory.folder()}).out, ContainsSubstring("import devices"));
}

TEST_CASE("ra inventory import says which lines are wrong, and takes the others") {
  const Inventory inventory;
  const std::string file = inventory.file("devices.csv", "manufacturer,serial,state\nACME,1,\nACME,2,lost\nACME,3,\n");
  const Finished done = inventory.run("import", {file});
  CHECK(done.status == 1);
  CHECK_THAT(done.err, ContainsSubstring(file + ":3: state \"lost\" is none of"));
  CHECK_THAT(done.out, ContainsSubstring("2 added"));
  const auto again = inventory.json("import", {file}, 1);
  CHECK(again["unchanged"] == 2);
  REQUIRE(again["wrong"].size() == 1);
  CHECK(again["wrong"][0]["place"] == 3);

  const Finished none = inventory.run("import", {inventory.file("names.csv", "vendor,serial\nACME,9\n")});
  CHECK(none.status == 1);
  CHECK_THAT(none.err, ContainsSubstring("\"vendor\" is none of manufacturer, serial"));
  CHECK(inventory.run("import", {"/nonexistent"}).status == 1);
  CHECK(inventory.run("import").status == 2);
}

TEST_CASE("ra inventory import takes what list --json wrote, and IDevID certificates") {
  const Inventory inventory;
  REQUIRE(inventory.run("import", {inventory.file("devices.csv", three)}).status == 0);
  const std::string all = inventory.file("devices.json", inventory.json("list").dump());
  CHECK(inventory.json("import", {all})["unchanged"] == 3);

  const std::string root = inventory.ca() / "root.crt";  // which is no IDevID
  const Finished done = inventory.run("import", {"--certificates", root, "--manufacturer", "ACME"});
  CHECK(done.status == 1);
  CHECK_THAT(done.err, ContainsSubstring(root + ":1: ") && ContainsSubstring("it is no IDevID"));
}

TEST_CASE("ra inventory list goes page by page, by manufacturer and by state") {
  const Inventory inventory;
  REQUIRE(inventory.run("import", {inventory.file("devices.csv", three)}).status == 0);
  const Finished page = inventory.run("list", {"--count", "2"});
  REQUIRE(lines_of(page.out).size() == 3);
  CHECK_THAT(lines_of(page.out)[1], ContainsSubstring("ACME  2  valve  onboarded since"));
  CHECK_THAT(page.out, ContainsSubstring("there may be more: --after \"ACME\" \"2\""));
  CHECK(inventory.json("list", {"--after", "ACME", "2"}).size() == 1);
  CHECK(inventory.json("list", {"--manufacturer", "ACME"}).size() == 2);
  CHECK(inventory.json("list", {"--manufacturer", "ACME", "--after", "ACME", "1"}).size() == 1);
  CHECK(inventory.json("list", {"--manufacturer", "Bolt"})[0]["serial"] == "1");
  CHECK(inventory.json("list", {"--state", "onboarded"})[0]["serial"] == "2");
  CHECK(inventory.run("list", {"--state", "decommissioned"}).out == "there is none\n");
}

TEST_CASE("ra inventory set changes the state of a device, for the log too") {
  const Inventory inventory;
  const std::string file = inventory.file("devices.csv", three);
  REQUIRE(inventory.run("import", {file}).status == 0);
  CHECK(inventory.run("set", {"ACME", "1", "decommissioned"}).out == "ACME 1 is decommissioned\n");
  CHECK(inventory.json("show", {"ACME", "1"})["state"] == "decommissioned");
  CHECK(inventory.run("import", {file}).out == "0 added, 0 changed, 3 as they were\n");
  CHECK(inventory.run("set", {"ACME", "1", "manufactured"}).status == 0);
  CHECK(inventory.json("show", {"ACME", "1"})["state"] == "manufactured");
  CHECK(inventory.run("set", {"ACME", "1", "lost"}).status == 2);
  const Finished unknown = inventory.run("set", {"ACME", "9", "decommissioned"});
  CHECK(unknown.status == 1);
  CHECK_THAT(unknown.err, ContainsSubstring("there is no device \"9\" of \"ACME\""));
  CHECK_THAT(cmpkit({"ra", "audit", inventory.folder()}).out, ContainsSubstring("set device"));
}

}  // namespace
}  // namespace cmpkit::tools
