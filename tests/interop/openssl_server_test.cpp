// Our client against the mock server of `openssl cmp`.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/interop/openssl.h"
#include "tests/support/network_namespace.h"
#include "tests/support/scratch_directory.h"

namespace cmpkit::test {
namespace {

Arguments operator+(Arguments all, const Arguments& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

std::optional<std::string> missing() { return openssl::missing() ? openssl::missing() : own_network_missing(); }

/// The certificates around the mock server. It can only hand out what was made before, so for each type of key there is
/// one key and its certificate.
class World {
 public:
  World() {
    openssl::make_key("ec", root.key);
    openssl::make_root(root, "/CN=Mock Root");
    make(server, "ec", "/CN=Mock CMP");
  }

  [[nodiscard]] std::string file(const std::string& name) const { return folder_ / name; }

  /// Key and certificate by the root, made once for each name.
  openssl::KeyAndCertificate pair(const std::string& type, const std::string& name, const std::string& subject) {
    const openssl::KeyAndCertificate files{folder_ / (type + name + ".key"), folder_ / (type + name + ".crt")};
    if (!std::filesystem::exists(files.key)) make(files, type, subject);
    return files;
  }

 private:
  void make(const openssl::KeyAndCertificate& files, const std::string& type, const std::string& subject) const {
    openssl::make_key(type, files.key);
    openssl::make_certificate(files, subject, root);
  }

  ScratchDirectory folder_;

 public:
  const openssl::KeyAndCertificate root{folder_ / "root.key", folder_ / "root.crt"};
  const openssl::KeyAndCertificate server{folder_ / "server.key", folder_ / "server.crt"};
};

World& world() {
  static World it;
  return it;
}

/// The mock server in a network of its own.
class MockServer {
 public:
  explicit MockServer(const Arguments& arguments) : process_(all_of(arguments), in_own_network()) {
    REQUIRE(process_.wait_for_line("ACCEPT "));
  }

  /// Runs cmpkit beside it.
  [[nodiscard]] Finished cmpkit(const Arguments& arguments) const {
    ProcessOptions options;
    options.prepare = [server = process_.id()] { return enter_network_of(server); };
    return run(Arguments{CMPKIT_COMMAND} + arguments, options);
  }

 private:
  static Arguments all_of(const Arguments& arguments) {
    return Arguments{"openssl", "cmp", "-config", "", "-port", "8080", "-max_msgs", "20"} +
           Arguments{"-srv_cert", world().server.certificate, "-srv_key", world().server.key} +
           Arguments{"-srv_trusted", world().root.certificate, "-srv_ref", "dev", "-srv_secret", "pass:s3cret"} +
           arguments;
  }
  static ProcessOptions in_own_network() {
    ProcessOptions options;
    options.prepare = enter_own_network;
    return options;
  }

  Process process_;
};

Arguments enroll(const std::string& command) {
  return {
      "enroll", "--cmd",     command,       "--server", "http://127.0.0.1:8080/", "--certout", world().file("new.crt"),
      "--json", "--subject", "/CN=device-1"};
}

Arguments by_secret() { return {"--ref", "dev", "--secret", "pass:s3cret"}; }

Arguments by_certificate(const openssl::KeyAndCertificate& files) {
  return {"--cert", files.certificate, "--key", files.key, "--trusted", world().root.certificate};
}

/// What the device has from its manufacturer.
openssl::KeyAndCertificate from_factory(const std::string& type) {
  return world().pair(type, "device", "/CN=device-1");
}

/// The key to certify, for which the mock server has a certificate.
openssl::KeyAndCertificate ready(const std::string& type) { return world().pair(type, "new", "/CN=device-1"); }

/// The only certificate that it hands out is also the only one that it updates.
Arguments handing_out(const openssl::KeyAndCertificate& files) {
  Arguments arguments{"-rsp_cert", files.certificate};
  if (openssl::client_has("-ref_cert")) arguments = arguments + Arguments{"-ref_cert", files.certificate};
  return arguments;
}

Arguments asking_for(const std::string& command, const openssl::KeyAndCertificate& files) {
  if (command != "p10cr") return {"--newkey", files.key};
  openssl::make_request(files.key, "/CN=device-1", world().file("request.csr"));
  return {"--csr", world().file("request.csr")};
}

nlohmann::json result_of(const Finished& done) {
  INFO(done.out << done.err);
  REQUIRE_FALSE(done.timed_out);
  return nlohmann::json::parse(done.out);
}

void enrol(const std::string& command, const std::string& type, bool secret, bool implicit) {
  CAPTURE(command, type, secret, implicit, openssl::version());
  const MockServer server(handing_out(ready(type)) + (implicit ? Arguments{"-grant_implicitconf"} : Arguments{}));
  std::filesystem::remove(world().file("new.crt"));
  const Arguments signing = by_certificate(command == "kur" ? ready(type) : from_factory(type));
  const Finished done =
      server.cmpkit(enroll(command) + (secret ? by_secret() : signing) + asking_for(command, ready(type)) +
                    (implicit ? Arguments{"--implicit-confirm"} : Arguments{}));
  const auto result = result_of(done);
  INFO(done.out << done.err);
  REQUIRE(done.status == 0);
  CHECK(result["confirmation"] == (implicit ? "implicit" : "certConf"));
  CHECK(result["exchanges"].size() == (implicit ? 1 : 2));
  CHECK(openssl::is_good_certificate(world().file("new.crt"), ready(type).key, world().root.certificate,
                                     world().root.certificate));
}

Arguments operation(const std::string& command) { return {command, "--server", "http://127.0.0.1:8080/", "--json"}; }

std::vector<std::string> requests_of(const nlohmann::json& result) {
  std::vector<std::string> requests;
  for (const auto& exchange : result["exchanges"]) requests.push_back(exchange["request"]);
  return requests;
}

TEST_CASE("our client enrols with OpenSSL's mock server, protected by a secret") {
  if (missing()) SKIP(*missing());
  const auto command = GENERATE("ir", "cr", "p10cr");
  const auto type = GENERATE("ec", "rsa", "ed25519");
  enrol(command, type, true, GENERATE(false, true));
}

TEST_CASE("our client enrols with OpenSSL's mock server, protected by signatures") {
  if (missing()) SKIP(*missing());
  const auto command = GENERATE("ir", "cr", "kur", "p10cr");
  const auto type = GENERATE("ec", "rsa", "ed25519");
  enrol(command, type, false, GENERATE(false, true));
}

TEST_CASE("our client comes back when OpenSSL's mock server asks for it") {
  if (missing()) SKIP(*missing());
  // Of newer versions -poll_count counts for each message, the pkiConf too; so the certConf is spared.
  const MockServer server(handing_out(ready("ec")) +
                          Arguments{"-poll_count", "2", "-check_after", "1", "-grant_implicitconf"});
  const Finished done = server.cmpkit(enroll("ir") + by_certificate(from_factory("ec")) +
                                      asking_for("ir", ready("ec")) + Arguments{"--implicit-confirm"});
  const auto result = result_of(done);
  INFO(done.out << done.err);
  CHECK(done.status == 0);
  CHECK(requests_of(result) == std::vector<std::string>{"ir", "pollReq", "pollReq"});
}

TEST_CASE("our client polls OpenSSL's mock server for whatever it delays, the pkiConf of newer versions as well") {
  if (missing()) SKIP(*missing());
  const MockServer server(handing_out(ready("ec")) + Arguments{"-poll_count", "1", "-check_after", "1"});
  const Finished done =
      server.cmpkit(enroll("ir") + by_certificate(from_factory("ec")) + asking_for("ir", ready("ec")));
  const auto result = result_of(done);
  INFO(done.out << done.err);
  CHECK(done.status == 0);
  CHECK(result["confirmation"] == "certConf");
  const auto requests = requests_of(result);
  CHECK(std::count(requests.begin(), requests.end(), "pollReq") >= 1);
  CHECK(std::count(requests.begin(), requests.end(), "certConf") == 1);
}

TEST_CASE("our client has OpenSSL's mock server revoke a certificate") {
  if (missing()) SKIP(*missing());
  const MockServer server(handing_out(ready("ec")));
  const auto protection = GENERATE_COPY(
      values<Arguments>({by_certificate(ready("ec")),
                         by_certificate(from_factory("ec")) + Arguments{"--oldcert", ready("ec").certificate},
                         by_secret() + Arguments{"--oldcert", ready("ec").certificate}}));
  const Finished done = server.cmpkit(operation("revoke") + protection + Arguments{"--revreason", "keyCompromise"});
  const auto result = result_of(done);
  INFO(done.out << done.err);
  CHECK(done.status == 0);
  CHECK(result["result"] == "revoked");
  CHECK(requests_of(result) == std::vector<std::string>{"rr"});

  if (openssl::client_has("-ref_cert")) return;  // OpenSSL 3.5 revokes whatever it is asked to
  const auto other = world().pair("ec", "other", "/CN=device-1");
  const auto refused =
      result_of(server.cmpkit(operation("revoke") + by_secret() + Arguments{"--oldcert", other.certificate}));
  CHECK(refused["failure"]["fault"] == "request");
}

TEST_CASE("our client asks OpenSSL's mock server, and takes no empty answer where there has to be one") {
  if (missing()) SKIP(*missing());
  const MockServer server({});
  const Arguments genm = operation("genm") + by_certificate(from_factory("ec"));
  const Finished certificates = server.cmpkit(genm + Arguments{"--infotype", "caCerts"});
  INFO(certificates.out << certificates.err);
  CHECK(certificates.status == 0);
  const auto types = result_of(server.cmpkit(genm + Arguments{"--infotype", "signKeyPairTypes"}));
  CHECK(types["failure"]["rule"] == "S-04");
}

TEST_CASE("our client knows a self-signed server by --srvcert alone, which OpenSSL does not send") {
  if (missing()) SKIP(*missing());
  const MockServer server(handing_out(ready("ec")) +
                          Arguments{"-srv_cert", world().root.certificate, "-srv_key", world().root.key});
  const auto device = from_factory("ec");
  const Finished done = server.cmpkit(enroll("ir") + Arguments{"--cert", device.certificate, "--key", device.key} +
                                      Arguments{"--srvcert", world().root.certificate} + asking_for("ir", ready("ec")));
  INFO(done.out << done.err);
  CHECK(done.status == 0);
}

struct Trouble {
  std::string what;
  Arguments server, client;
  std::string fault, rule, fail_info;  // of the result; empty: not there
};

TEST_CASE("our client says what is wrong with the answer of OpenSSL's mock server") {
  if (missing()) SKIP(*missing());
  const auto other = world().pair("ec", "other", "/CN=device-1");
  const Arguments refusal{"-pkistatus", "2", "-failure", "9", "-statusstring", "not you"};
  const auto trouble = GENERATE_COPY(values<Trouble>({
      {"a refusal", refusal, by_certificate(from_factory("ec")), "request", "", "badPOP"},
      {"a refusal to a secret", refusal, by_secret(), "request", "", "badPOP"},
      {"an error message", Arguments{"-send_error"} + refusal, by_certificate(from_factory("ec")), "request", "",
       "badRequest"},
      {"an error that nobody protected", Arguments{"-send_error", "-send_unprot_err"} + refusal,
       by_certificate(from_factory("ec")), "protection", "E-15", "badRequest"},
      {"the same, believed", Arguments{"-send_error", "-send_unprot_err"} + refusal,
       by_certificate(from_factory("ec")) + Arguments{"--unprotected-errors"}, "request", "", "badRequest"},
      {"a certificate that nobody protected",
       {"-send_unprotected"},
       by_certificate(from_factory("ec")),
       "protection",
       "V-30",
       ""},
      {"a server under another root",
       {},
       Arguments{"--cert", other.certificate, "--key", other.key, "--trusted", other.certificate},
       "protection",
       "V-35",
       ""},
      {"a certificate for another key", handing_out(other), by_certificate(from_factory("ec")), "answer", "R-16", ""},
      {"another secret", {}, {"--ref", "dev", "--secret", "pass:guess"}, "protection", "V-34", "badRequest"},
  }));
  CAPTURE(trouble.what, openssl::version());
  std::filesystem::remove(world().file("new.crt"));
  const MockServer server(handing_out(ready("ec")) + trouble.server);
  const Finished done = server.cmpkit(enroll("ir") + trouble.client + asking_for("ir", ready("ec")));
  const auto result = result_of(done);
  INFO(done.out << done.err);
  CHECK(done.status == 1);
  const auto& failure = result["failure"];
  CHECK(failure["fault"] == trouble.fault);
  CHECK(failure.value("rule", "") == trouble.rule);
  CHECK(failure.value("failInfo", "") == trouble.fail_info);
  CHECK(failure["next_step"] != "");
  CHECK_FALSE(std::filesystem::exists(world().file("new.crt")));
}

}  // namespace
}  // namespace cmpkit::test
