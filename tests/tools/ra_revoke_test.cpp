// X-03, A-52 `cmpkit ra revoke`: certificates of devices are revoked in the name of their RA.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/tools/new_ra.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;

/// A CA with so many devices, and an RA before it.
class World {
 public:
  explicit World(int count) {
    for (int i = 0; i < count; ++i)
      check_done(cmpkit({"enroll", "--server", ca->url, "--ref", "ra-1", "--secret", "pass:sesame", "--trusted",
                         above.ca / "root.crt", "--subject", "/CN=device-" + std::to_string(i), "--newkey",
                         ra.scratch("device.key"), "--certout", file(i)}));
  }
  [[nodiscard]] std::string file(int i) const { return ra.scratch("device-" + std::to_string(i) + ".crt"); }
  [[nodiscard]] Arguments command(const Arguments& what) const {
    Arguments all{"ra", "revoke", ra.folder()};
    all.insert(all.end(), what.begin(), what.end());
    return all;
  }
  [[nodiscard]] Finished revoke(const Arguments& what) const { return cmpkit(command(what)); }
  /// The certificates in this state, by their subjects.
  [[nodiscard]] std::vector<std::string> in_state(const char* status) const {
    std::vector<std::string> out;
    for (const auto& each : json_of({"ca", "list", above.ca.folder(), "--status", status}))
      out.push_back(each["subject"]);
    std::ranges::sort(out);
    return out;
  }
  void write(const std::string& name, const std::string& text) const {
    REQUIRE(write_file(ra.scratch(name), bytes_of(text)));
  }

  const CaWithRa above;
  std::unique_ptr<Server> ca = std::make_unique<Server>(above.ca.folder());
  const NewRa ra{above, ca->url};
};

using Subjects = std::vector<std::string>;

TEST_CASE("ra revoke takes files, serial numbers and a list of both, and can be run again") {
  const World world(4);
  world.write("list.txt",
              "# stolen in May\n" + world.file(2) + "  # the pump\r\n\n0x" + serial_of(world.file(3)) + "\n");
  const Arguments what{world.file(0), serial_of(world.file(1)), "--list", world.ra.scratch("list.txt"),
                       "--reason",    "keyCompromise"};
  const Finished done = world.revoke(what);
  INFO(done.err);
  CHECK(done.status == 0);
  CHECK(done.out == "4 revoked (keyCompromise), 0 were revoked or expired before, 0 failed, 0 left, of 4\n");
  CHECK(world.in_state("revoked") == Subjects{"/CN=device-0", "/CN=device-1", "/CN=device-2", "/CN=device-3"});
  CHECK(json_of({"ca", "show", world.above.ca.folder(), serial_of(world.file(3))})["reason"] == "keyCompromise");

  const auto again = json_of(world.command(what));
  CHECK(again["revoked"] == 0);
  CHECK(again["before"] == 4);
  CHECK(again["total"] == 4);
}

TEST_CASE("ra revoke: what the CA refuses is told with the reason, and holds nothing up") {
  const World world(1);
  const Arguments what{"4711", world.file(0)};
  const Finished done = world.revoke(what);
  CHECK(done.status == 1);
  CHECK_THAT(done.out, ContainsSubstring("1 revoked (unspecified), 0 were revoked or expired before, 1 failed"));
  CHECK_THAT(done.err, ContainsSubstring("cmpkit: 4711: ") && ContainsSubstring("there is no such certificate"));
  const auto again = json_of(world.command(what), 1);
  CHECK(again["before"] == 1);
  REQUIRE(again["failures"].size() == 1);
  CHECK(again["failures"][0]["certificate"] == "4711");
  CHECK_FALSE(again["failures"][0]["reason"].get<std::string>().empty());
}

TEST_CASE("ra revoke puts certificates on hold and releases them") {
  const World world(1);
  CHECK_THAT(world.revoke({world.file(0), "--reason", "certificateHold"}).out, ContainsSubstring("1 put on hold"));
  CHECK(world.in_state("held") == Subjects{"/CN=device-0"});
  CHECK_THAT(world.revoke({world.file(0), "--reason", "removeFromCRL"}).out, ContainsSubstring("1 released"));
  CHECK(world.in_state("held").empty());
  CHECK(world.revoke({world.file(0)}).status == 0);
  const Finished late = world.revoke({world.file(0), "--reason", "removeFromCRL"});
  CHECK(late.status == 1);
  CHECK_THAT(late.err, ContainsSubstring("the certificate is revoked already"));
}

TEST_CASE("ra revoke: while the CA is away nothing is lost, and nobody waits for each of many") {
  World world(3);
  world.ca->kill();
  const Arguments what{world.file(0), world.file(1), world.file(2), "--parallel", "1", "--retries", "0"};
  const auto away = json_of(world.command(what), 1);
  CHECK(away["failed"] == 1);
  CHECK(away["left"] == 2);
  world.ca = std::make_unique<Server>(world.above.ca.folder(), world.ca->same_address());
  CHECK(json_of(world.command(what))["revoked"] == 3);
}

TEST_CASE("ra revoke: where anything is named wrongly nothing is done, and all of it is said") {
  struct Row {
    Arguments what;
    const char* text;
  };
  const World world(1);
  REQUIRE(cmpkit({"store", "migrate", world.ra.folder()}).status == 0);
  world.write("list.txt", world.file(0) + "\nserial\n12\n/nonexistent.crt\n");
  const std::string list = world.ra.scratch("list.txt");
  const std::string all =
      list + ":2: \"serial\" is neither a file nor a serial number: serial is no hexadecimal number\ncmpkit: " + list +
      ":4: \"/nonexistent.crt\" is neither";
  for (const Row& row : std::initializer_list<Row>{
           {{"--list", list}, all.c_str()},
           {{}, "nothing is said to be revoked"},
           {{world.file(0), "x"}, "\"x\" is neither a file nor a serial number"},
           {{world.ra / "ra.key"}, "ra.key"},
           {{world.file(0), "--reason", "anger"}, "--reason: anger is no reason of RFC 5280"},
           {{"1", "--issuer", "CA"}, "--issuer: "},
           {{"--list", "/nonexistent"}, "/nonexistent"},
           {{"--device", "ACME", "1"}, "there is no device \"1\" of \"ACME\" in the inventory"}}) {
    const Finished wrong = world.revoke(row.what);
    CHECK(wrong.status == 2);
    CHECK_THAT(wrong.err, ContainsSubstring(row.text));
    CHECK_THAT(wrong.err, ContainsSubstring("nothing was revoked yet"));
  }
  CHECK(world.in_state("revoked").empty());
}

TEST_CASE("ra revoke in a folder whose CA is not reached by HTTP says how it can be") {
  const World world(1);
  edit(world.ra / "ra.toml", "kind = \"http\"\nurl = \"" + world.ca->url + "\"",
       "kind = \"files\"\nout = \"up/out\"\nin = \"up/in\"");
  const Finished wrong = world.revoke({world.file(0)});
  CHECK(wrong.status == 2);
  CHECK_THAT(wrong.err, ContainsSubstring("say by --server who is asked"));
  check_done(world.revoke({world.file(0), "--server", world.ca->url}));
}

}  // namespace
}  // namespace cmpkit::tools
