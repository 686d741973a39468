// `cmpkit revoke` and `cmpkit genm`, and operations that are saved and gone on with: through the built command against
// `cmpkit ca serve`.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/support/our_ca.h"
#include "tools/credentials.h"
#include "tools/files.h"

namespace cmpkit::tools {
namespace {

using test::Arguments;
using test::Finished;
using test::OurCa;

Arguments operator+(Arguments all, const Arguments& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

Finished cmpkit(const Arguments& arguments) { return test::run(Arguments{CMPKIT_COMMAND} + arguments); }

nlohmann::json result_of(const Arguments& arguments, int status) {
  const Finished done = cmpkit(arguments + Arguments{"--json"});
  INFO(done.out << done.err);
  CHECK(done.status == status);
  return nlohmann::json::parse(done.out);
}

class World {
 public:
  static OurCa& ca() {
    static OurCa it;
    return it;
  }
  [[nodiscard]] std::string file(const std::string& name) const { return folder_ / name; }
  [[nodiscard]] bool has(const std::string& name) const { return std::filesystem::exists(file(name)); }

  static Arguments server() { return {"--server", ca().url(), "--trusted", ca().root()}; }
  static Arguments by_secret() { return {"--ref", OurCa::reference, "--secret", OurCa::secret}; }
  [[nodiscard]] Arguments by_certificate() const {
    return {"--cert", file("new.crt"), "--extracerts", file("chain.crt"), "--key", file("new.key")};
  }
  [[nodiscard]] Arguments asking() const {
    return {"--subject", "/CN=device-1",  "--newkey",   file("new.key"),
            "--certout", file("new.crt"), "--chainout", file("chain.crt")};
  }
  void enroll() const { REQUIRE(cmpkit(Arguments{"enroll"} + server() + by_secret() + asking()).status == 0); }

 private:
  test::ScratchDirectory folder_;
};

}  // namespace

TEST_CASE("a certificate is revoked by its holder, once") {
  const World world;
  world.enroll();
  const Arguments revoke = Arguments{"revoke"} + World::server() + world.by_certificate();
  const auto revoked = result_of(revoke + Arguments{"--revreason", GENERATE("superseded", "4")}, 0);
  CHECK(revoked["result"] == "revoked");
  CHECK(revoked["facts"]["reason"] == "superseded");
  const auto again = result_of(revoke, 1);
  CHECK(again["failure"]["failInfo"] == "certRevoked");
}

TEST_CASE("what revoke cannot mean is told before anything is sent") {
  const World world;
  world.enroll();
  const Arguments revoke = Arguments{"revoke", "--server", "http://127.0.0.1:1", "--trusted", World::ca().root()};
  const auto wrong = GENERATE(values<Arguments>(
      {{"--revreason", "boredom"}, {"--issuer", "/CN=CA"}, {"--serial", "0xZZ", "--issuer", "/CN=CA"}, {"--no-wait"}}));
  const Finished done = cmpkit(revoke + world.by_certificate() + wrong);
  INFO(done.err);
  CHECK(done.status == 2);
  CHECK(done.err.find(wrong.front()) != std::string::npos);
  CHECK(cmpkit(revoke + World::by_secret()).status == 2);  // no certificate is named
}

TEST_CASE("a CA tells its certificates, its CRL and what keys it takes") {
  const World world;
  const Arguments genm = Arguments{"genm"} + World::server() + World::by_secret();
  const auto certificates =
      result_of(genm + Arguments{"--infotype", "caCerts", "--cacertsout", world.file("ca.pem")}, 0);
  CHECK(certificates["result"] == "answered");
  CHECK(load_certificates({world.file("ca.pem")}));

  world.enroll();
  const auto crl = result_of(genm + Arguments{"--infotype", "crlStatusList", "--crlcert", world.file("new.crt"),
                                              "--untrusted", world.file("ca.pem"), "--crlout", world.file("crl.pem")},
                             0);
  CHECK(crl["facts"]["CRL"].get<std::string>().find("; verified") != std::string::npos);
  const auto newer = result_of(
      genm + Arguments{"--infotype", "crlStatusList", "--oldcrl", world.file("crl.pem"), "--crlout", world.file("x")},
      0);
  CHECK(newer["facts"].contains("CRL") == world.has("x"));  // none that is newer, unless one was made meanwhile

  const auto wanted = result_of(genm + Arguments{"--infotype", "certReqTemplate", "--template", world.file("t"),
                                                 "--keyspec", world.file("k"), "--valueout", world.file("v")},
                                0);
  CHECK(world.has("v"));
  const auto update = result_of(genm + Arguments{"--infotype", "rootCaCert", "--oldwithold", World::ca().root(),
                                                 "--newwithnew", world.file("new-root")},
                                0);
  CHECK(update["facts"]["answer"] == "nothing to tell");
  CHECK_FALSE(world.has("new-root"));
}

TEST_CASE("what genm cannot mean is told before anything is sent") {
  const Arguments genm = Arguments{"genm", "--server", "http://127.0.0.1:1"} + World::by_secret();
  const auto wrong = GENERATE(values<Arguments>({{"--infotype", "rootCaCert"},
                                                 {"--infotype", "crlStatusList"},
                                                 {"--infotype", "keyPairParamReq"},
                                                 {"--infotype", "suppLangTags"},
                                                 {"--infotype", "nonsense"}}));
  const Finished done = cmpkit(genm + wrong);
  INFO(done.err);
  CHECK(done.status == 2);
  CHECK(done.err.find("--infotype") != std::string::npos);
  CHECK(cmpkit(genm + Arguments{"--infotype", "caCerts", "--tolerate", "anything"}).status == 2);
  CHECK(cmpkit(genm + Arguments{"--infotype", "caCerts", "--geninfo", "1.2:real:3"}).status == 2);
}

TEST_CASE("an enrolment whose server is gone is saved, and gone on with in another process") {
  const World world;
  const Arguments ours = World::by_secret() + world.asking();
  const auto failed = result_of(
      Arguments{"enroll", "--server", "http://127.0.0.1:1", "--retries", "0", "--save", world.file("state")} + ours, 1);
  CHECK(failed["failure"]["fault"] == "transport");
  CHECK(failed["failure"]["next_step"].get<std::string>().find("--resume") != std::string::npos);
  REQUIRE(world.has("state"));

  const Arguments resume =
      Arguments{"enroll"} + World::server() + World::by_secret() + Arguments{"--resume", world.file("state")};
  const Finished other = cmpkit(resume + Arguments{"--subject", "/CN=other", "--newkey", world.file("new.key"),
                                                   "--certout", world.file("other.crt")});
  CHECK(other.status == 2);
  CHECK(other.err.find("other options") != std::string::npos);
  CHECK(result_of(resume + world.asking(), 0)["result"] == "enrolled");
  CHECK_FALSE(world.has("state"));
}

TEST_CASE("an operation that the CA delays is left, and gone on with by other processes until it is over") {
  const World world;
  const OurCa slow("ec:P-256", {}, {{"[delay]\n", "[delay]\nir = 2\ncertConf = 1\ngenm = 1\n"}});
  const Arguments ours = Arguments{"--server", slow.url()} + World::by_secret();
  const auto command = GENERATE("enroll", "genm");
  const Arguments asking = command == std::string("enroll") ? world.asking() : Arguments{"--infotype", "caCerts"};
  const Arguments run = Arguments{command} + ours + asking;
  const auto left = result_of(run + Arguments{"--no-wait", "--save", world.file("state")}, 3);
  CHECK(left["result"] == "waiting");
  REQUIRE(world.has("state"));
  const auto done = result_of(run + Arguments{"--wait", "60", "--resume", world.file("state")}, 0);
  CHECK(done["exchanges"][0]["request"] == "pollReq");
  CHECK_FALSE(world.has("state"));
  if (command == std::string("enroll")) CHECK(load_certificates({world.file("new.crt")}));
}

TEST_CASE("a file that is no saved operation is refused") {
  const World world;
  REQUIRE(write_file(world.file("state"), bytes_of("hello")));
  const Finished done = cmpkit(Arguments{"enroll"} + World::server() + World::by_secret() + world.asking() +
                               Arguments{"--resume", world.file("state")});
  CHECK(done.status == 2);
  CHECK(done.err.find(world.file("state")) != std::string::npos);
}

}  // namespace cmpkit::tools
