// Our client against the mock server of `openssl cmp`.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <filesystem>

#include "tests/interop/mock_server.h"

namespace cmpkit::test {
namespace {

Arguments enroll(const std::string& command) {
  return {"enroll", "--cmd",     command,       "--server", MockServer::url, "--certout", mock_world().file("new.crt"),
          "--json", "--subject", "/CN=device-1"};
}

Arguments by_secret() { return {"--ref", "dev", "--secret", "pass:s3cret"}; }

Arguments by_certificate(const openssl::KeyAndCertificate& files) {
  return {"--cert", files.certificate, "--key", files.key, "--trusted", mock_world().root.certificate};
}

void enrol(const std::string& command, const std::string& type, bool secret, bool implicit) {
  CAPTURE(command, type, secret, implicit, openssl::version());
  const MockServer server(handing_out(mock_world().ready(type)) +
                          (implicit ? Arguments{"-grant_implicitconf"} : Arguments{}));
  std::filesystem::remove(mock_world().file("new.crt"));
  const Arguments signing =
      by_certificate(command == "kur" ? mock_world().ready(type) : mock_world().from_factory(type));
  const Finished done =
      server.cmpkit(enroll(command) + (secret ? by_secret() : signing) + asking_for(command, mock_world().ready(type)) +
                    (implicit ? Arguments{"--implicit-confirm"} : Arguments{}));
  const auto result = result_of(done);
  INFO(done.out << done.err);
  REQUIRE(done.status == 0);
  CHECK(result["confirmation"] == (implicit ? "implicit" : "certConf"));
  CHECK(result["exchanges"].size() == (implicit ? 1 : 2));
  CHECK(openssl::is_good_certificate(mock_world().file("new.crt"), mock_world().ready(type).key,
                                     mock_world().root.certificate, mock_world().root.certificate));
}

Arguments operation(const std::string& command) { return {command, "--server", MockServer::url, "--json"}; }

TEST_CASE("our client enrols with OpenSSL's mock server, protected by a secret") {
  if (mock_server_missing()) SKIP(*mock_server_missing());
  const auto command = GENERATE("ir", "cr", "p10cr");
  const auto type = GENERATE("ec", "rsa", "ed25519");
  enrol(command, type, true, GENERATE(false, true));
}

TEST_CASE("our client enrols with OpenSSL's mock server, protected by signatures") {
  if (mock_server_missing()) SKIP(*mock_server_missing());
  const auto command = GENERATE("ir", "cr", "kur", "p10cr");
  const auto type = GENERATE("ec", "rsa", "ed25519");
  enrol(command, type, false, GENERATE(false, true));
}

TEST_CASE("our client comes back when OpenSSL's mock server asks for it") {
  if (mock_server_missing()) SKIP(*mock_server_missing());
  // Of newer versions -poll_count counts for each message, the pkiConf too; so the certConf is spared.
  const MockServer server(handing_out(mock_world().ready("ec")) +
                          Arguments{"-poll_count", "2", "-check_after", "1", "-grant_implicitconf"});
  const Finished done = server.cmpkit(enroll("ir") + by_certificate(mock_world().from_factory("ec")) +
                                      asking_for("ir", mock_world().ready("ec")) + Arguments{"--implicit-confirm"});
  const auto result = result_of(done);
  INFO(done.out << done.err);
  CHECK(done.status == 0);
  CHECK(requests_of(result) == std::vector<std::string>{"ir", "pollReq", "pollReq"});
}

TEST_CASE("our client polls OpenSSL's mock server for whatever it delays, the pkiConf of newer versions as well") {
  if (mock_server_missing()) SKIP(*mock_server_missing());
  const MockServer server(handing_out(mock_world().ready("ec")) + Arguments{"-poll_count", "1", "-check_after", "1"});
  const Finished done = server.cmpkit(enroll("ir") + by_certificate(mock_world().from_factory("ec")) +
                                      asking_for("ir", mock_world().ready("ec")));
  const auto result = result_of(done);
  INFO(done.out << done.err);
  CHECK(done.status == 0);
  CHECK(result["confirmation"] == "certConf");
  const auto requests = requests_of(result);
  CHECK(std::count(requests.begin(), requests.end(), "pollReq") >= 1);
  CHECK(std::count(requests.begin(), requests.end(), "certConf") == 1);
}

TEST_CASE("our client has OpenSSL's mock server revoke a certificate") {
  if (mock_server_missing()) SKIP(*mock_server_missing());
  const MockServer server(handing_out(mock_world().ready("ec")));
  const auto protection = GENERATE_COPY(values<Arguments>(
      {by_certificate(mock_world().ready("ec")),
       by_certificate(mock_world().from_factory("ec")) + Arguments{"--oldcert", mock_world().ready("ec").certificate},
       by_secret() + Arguments{"--oldcert", mock_world().ready("ec").certificate}}));
  const Finished done = server.cmpkit(operation("revoke") + protection + Arguments{"--revreason", "keyCompromise"});
  const auto result = result_of(done);
  INFO(done.out << done.err);
  CHECK(done.status == 0);
  CHECK(result["result"] == "revoked");
  CHECK(requests_of(result) == std::vector<std::string>{"rr"});

  if (openssl::client_has("-ref_cert")) return;  // OpenSSL 3.5 revokes whatever it is asked to
  const auto other = mock_world().pair("ec", "other", "/CN=device-1");
  const auto refused =
      result_of(server.cmpkit(operation("revoke") + by_secret() + Arguments{"--oldcert", other.certificate}));
  CHECK(refused["failure"]["fault"] == "request");
}

TEST_CASE("our client asks OpenSSL's mock server, and takes no empty answer where there has to be one") {
  if (mock_server_missing()) SKIP(*mock_server_missing());
  const MockServer server({});
  const Arguments genm = operation("genm") + by_certificate(mock_world().from_factory("ec"));
  const Finished certificates = server.cmpkit(genm + Arguments{"--infotype", "caCerts"});
  INFO(certificates.out << certificates.err);
  CHECK(certificates.status == 0);
  const auto types = result_of(server.cmpkit(genm + Arguments{"--infotype", "signKeyPairTypes"}));
  CHECK(types["failure"]["rule"] == "S-04");
}

TEST_CASE("our client knows a self-signed server by --srvcert alone, which OpenSSL does not send") {
  if (mock_server_missing()) SKIP(*mock_server_missing());
  const MockServer server(handing_out(mock_world().ready("ec")) +
                          Arguments{"-srv_cert", mock_world().root.certificate, "-srv_key", mock_world().root.key});
  const auto device = mock_world().from_factory("ec");
  const Finished done =
      server.cmpkit(enroll("ir") + Arguments{"--cert", device.certificate, "--key", device.key} +
                    Arguments{"--srvcert", mock_world().root.certificate} + asking_for("ir", mock_world().ready("ec")));
  INFO(done.out << done.err);
  CHECK(done.status == 0);
}

struct Trouble {
  std::string what;
  Arguments server, client;
  std::string fault, rule, fail_info;  // of the result; empty: not there
};

TEST_CASE("our client says what is wrong with the answer of OpenSSL's mock server") {
  if (mock_server_missing()) SKIP(*mock_server_missing());
  const auto other = mock_world().pair("ec", "other", "/CN=device-1");
  const Arguments refusal{"-pkistatus", "2", "-failure", "9", "-statusstring", "not you"};
  const auto trouble = GENERATE_COPY(values<Trouble>({
      {"a refusal", refusal, by_certificate(mock_world().from_factory("ec")), "request", "", "badPOP"},
      {"a refusal to a secret", refusal, by_secret(), "request", "", "badPOP"},
      {"an error message", Arguments{"-send_error"} + refusal, by_certificate(mock_world().from_factory("ec")),
       "request", "", "badRequest"},
      {"an error that nobody protected", Arguments{"-send_error", "-send_unprot_err"} + refusal,
       by_certificate(mock_world().from_factory("ec")), "protection", "E-15", "badRequest"},
      {"the same, believed", Arguments{"-send_error", "-send_unprot_err"} + refusal,
       by_certificate(mock_world().from_factory("ec")) + Arguments{"--unprotected-errors"}, "request", "",
       "badRequest"},
      {"a certificate that nobody protected",
       {"-send_unprotected"},
       by_certificate(mock_world().from_factory("ec")),
       "protection",
       "V-30",
       ""},
      {"a server under another root",
       {},
       Arguments{"--cert", other.certificate, "--key", other.key, "--trusted", other.certificate},
       "protection",
       "V-35",
       ""},
      {"a certificate for another key", handing_out(other), by_certificate(mock_world().from_factory("ec")), "answer",
       "R-16", ""},
      {"another secret", {}, {"--ref", "dev", "--secret", "pass:guess"}, "protection", "V-34", "badRequest"},
  }));
  CAPTURE(trouble.what, openssl::version());
  std::filesystem::remove(mock_world().file("new.crt"));
  const MockServer server(handing_out(mock_world().ready("ec")) + trouble.server);
  const Finished done = server.cmpkit(enroll("ir") + trouble.client + asking_for("ir", mock_world().ready("ec")));
  const auto result = result_of(done);
  INFO(done.out << done.err);
  CHECK(done.status == 1);
  const auto& failure = result["failure"];
  CHECK(failure["fault"] == trouble.fault);
  CHECK(failure.value("rule", "") == trouble.rule);
  CHECK(failure.value("failInfo", "") == trouble.fail_info);
  CHECK(failure["next_step"] != "");
  CHECK_FALSE(std::filesystem::exists(mock_world().file("new.crt")));
}

}  // namespace
}  // namespace cmpkit::test
