// `cmpkit ra serve` before a CA that is offline: its messages are files, which somebody carries to `cmpkit ca answer`.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "cmpkit/transport/folder.h"
#include "tests/tools/new_ra.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;
using transport::Folder;

/// A CA in a vault, the RA before it, and who walks between them.
class Vault {
 public:
  Vault() {
    const Server ca(above.ca.folder());  // for the RA's own certificate
    ra.emplace(above, ca.url);
    edit(*ra / "ra.toml", "kind = \"http\"\nurl = \"" + ca.url + "\"",
         "kind = \"files\"\nout = \"up/out\"\nin = \"up/in\"\ncheck_after = \"1s\"");
    out.emplace(Folder::open(*ra / "up/out").value());
    in.emplace(Folder::open(*ra / "up/in").value());
  }
  [[nodiscard]] Process device(const std::string& url, const Arguments& more = {}) const {
    Arguments options = patient;
    options.insert(options.end(), more.begin(), more.end());
    return Process(enrollment(above, *ra, url, options), patient_process());
  }
  /// The messages that lie there for the CA.
  [[nodiscard]] std::vector<std::string> waiting() const { return out->names().value(); }
  void wait_for_message() const {
    wait_until([&] { return !waiting().empty(); });
  }
  void carry() const { check_done(test::run(answering())); }
  /// Carries until it ends.
  [[nodiscard]] Process courier() const {
    Arguments watching = answering();
    watching.emplace_back("--watch");
    return Process(watching);
  }
  /// The certificates of devices.
  [[nodiscard]] std::vector<std::string> issued() const {
    std::vector<std::string> found;
    for (const auto& each : json_of({"ca", "list", above.ca.folder()}))
      if (each["subject"] == "/CN=device-1") found.push_back(each["status"]);
    return found;
  }

  const CaWithRa above;
  std::optional<NewRa> ra;
  std::optional<Folder> out, in;

 private:
  [[nodiscard]] Arguments answering() const {
    return {CMPKIT_COMMAND, "ca", "answer", above.ca.folder(), "--in", out->path(), "--out", in->path()};
  }
};

const std::vector<std::string> one_valid{"valid"};

TEST_CASE("ra serve with files: a device enrols while somebody carries its messages to the CA and back") {
  const Vault vault;
  const auto* forwarding = GENERATE("replace", "add", "unchanged");
  CAPTURE(forwarding);
  edit(*vault.ra / "ra.toml", "forwarding = \"replace\"", std::string("forwarding = \"") + forwarding + "\"");
  // What the device says by its secret is for the CA to understand, then.
  if (forwarding != std::string("replace"))
    edit(vault.above.ca / "ca.toml", "[requesters.secrets]", "[requesters.secrets]\ndevice-1 = \"pass:open\"");
  const RaServer server(*vault.ra);
  Process device = vault.device(server.url);
  vault.wait_for_message();
  vault.carry();
  vault.wait_for_message();  // certConf
  vault.carry();
  check_done(device.wait());
  CHECK(vault.issued() == one_valid);
  CHECK(json_of({"ra", "stats", vault.ra->folder()})["transactions"]["relayed"] == 0);
}

TEST_CASE("ra serve with files: killed while they are away, the RA takes the answers when it is back") {
  const Vault vault;
  auto server = std::make_unique<RaServer>(*vault.ra);
  const Arguments address = server->same_address();
  Process device = vault.device(server->url);
  vault.wait_for_message();
  server->kill();
  vault.carry();
  server = std::make_unique<RaServer>(*vault.ra, address);
  vault.wait_for_message();
  server->kill();
  server = std::make_unique<RaServer>(*vault.ra, address);
  const Process courier = vault.courier();
  check_done(device.wait());
  CHECK(vault.issued() == one_valid);
}

TEST_CASE("ra serve with files: what is carried twice, lost or nobody's is not done twice, and nothing waits for it") {
  const Vault vault;
  auto server = std::make_unique<RaServer>(*vault.ra);
  const Arguments address = server->same_address();
  Process device = vault.device(server->url);
  vault.wait_for_message();
  const std::string name = vault.waiting().front();
  const Octets message = vault.out->read(name).value().value();

  // The stick is lost; the RA, started again, puts there again what is not answered.
  REQUIRE(vault.out->done(name));
  server->kill();
  server = std::make_unique<RaServer>(*vault.ra, address);
  vault.wait_for_message();
  CHECK(vault.waiting() == std::vector<std::string>{name});
  CHECK(vault.out->read(name).value().value() == message);
  vault.carry();
  wait_until([&] { return vault.in->names()->empty(); });

  // It is found again, and so is something else.
  REQUIRE(vault.out->put(name, message));
  REQUIRE(vault.in->put("found-in-the-street", message));
  REQUIRE(vault.in->put("no-message", copy_of(bytes_of("to whom it may concern"))));
  const Process courier = vault.courier();
  check_done(device.wait());
  wait_until([&] { return vault.in->names()->empty(); });
  CHECK(vault.issued() == one_valid);
  CHECK_THAT(server->stop().err, ContainsSubstring("nobody waits for this answer"));
}

TEST_CASE("ra serve with files: the CA's refusal comes back to the device") {
  const Vault vault;
  const RaServer server(*vault.ra);
  Process device = vault.device(server.url, {"--profile", "no such profile"});
  vault.wait_for_message();
  vault.carry();
  const Finished refused = device.wait();
  CHECK(refused.status == 1);
  CHECK_THAT(refused.err, ContainsSubstring("no certificate profile of the name"));
  CHECK(vault.issued().empty());
}

TEST_CASE("ra serve with files: a device that does not wait goes on in another process, days later") {
  const Vault vault;
  const RaServer server(*vault.ra);
  const std::string state = vault.ra->scratch("enrollment.state");
  CHECK(vault.device(server.url, {"--no-wait", "--save", state}).wait().status == 3);
  vault.carry();
  wait_until([&] { return vault.in->names()->empty(); });
  Process device = vault.device(server.url, {"--resume", state});
  vault.wait_for_message();
  vault.carry();
  check_done(device.wait());
  CHECK(vault.issued() == one_valid);
}

}  // namespace
}  // namespace cmpkit::tools
