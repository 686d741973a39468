// OpenSSL's CMP client against our CA.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <filesystem>

#include "tests/interop/openssl.h"
#include "tests/support/our_ca.h"

namespace cmpkit::test {
namespace {

/// One CA for the whole program, a manufacturer that it trusts, and a device of each key type with a key and the
/// manufacturer's certificate.
class World {
 public:
  World() {
    openssl::make_key("ec", acme_.key);
    openssl::make_root(acme_, "/CN=Acme Root");
    ca_ = std::make_unique<OurCa>("ec:P-256", Arguments{"--trusted", acme_.certificate});
  }

  [[nodiscard]] OurCa& ca() const { return *ca_; }
  [[nodiscard]] std::string file(const std::string& name) const { return folder_ / name; }

  /// A key that is made once for each name.
  std::string key(const std::string& type, const std::string& name) {
    const std::string path = folder_ / (type + "-" + name + ".key");
    if (!std::filesystem::exists(path)) openssl::make_key(type, path);
    return path;
  }

  /// Key and certificate that the manufacturer put into a device.
  openssl::KeyAndCertificate factory(const std::string& type) {
    const openssl::KeyAndCertificate files{key(type, "factory"), folder_ / (type + "-factory.crt")};
    if (!std::filesystem::exists(files.certificate)) openssl::make_certificate(files, "/CN=Thing", acme_);
    return files;
  }

  [[nodiscard]] const std::string& trusted() const { return acme_.certificate; }

  /// Key and certificate from a manufacturer that the CA does not know.
  openssl::KeyAndCertificate stranger() {
    const openssl::KeyAndCertificate root{key("ec", "stranger-root"), folder_ / "stranger-root.crt"};
    const openssl::KeyAndCertificate files{key("ec", "stranger"), folder_ / "stranger.crt"};
    if (std::filesystem::exists(files.certificate)) return files;
    openssl::make_root(root, "/CN=Stranger Root");
    openssl::make_certificate(files, "/CN=Stranger", root);
    return files;
  }

 private:
  ScratchDirectory folder_;
  openssl::KeyAndCertificate acme_{folder_ / "acme.key", folder_ / "acme.crt"};
  std::unique_ptr<OurCa> ca_;
};

World& world() {
  static World it;
  return it;
}

Arguments operator+(Arguments all, const Arguments& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

Arguments to_server(const std::string& command) {
  return {"-cmd",  command,           "-server",  world().ca().address(),
          "-path", ".well-known/cmp", "-trusted", world().ca().root()};
}

Arguments by_secret() { return {"-ref", OurCa::reference, "-secret", OurCa::secret}; }

Arguments by_certificate(const openssl::KeyAndCertificate& files) {
  return {"-cert", files.certificate, "-key", files.key};
}

Arguments asking_for(const std::string& key, const std::string& certificate) {
  return {"-subject", "/CN=device-1", "-newkey", key, "-certout", certificate};
}

/// A certificate of our CA, to be updated.
openssl::KeyAndCertificate enrolled(const std::string& type) {
  const openssl::KeyAndCertificate files{world().key(type, "first"), world().file(type + "-first.crt")};
  const Finished done = openssl::cmp(to_server("cr") + by_secret() + asking_for(files.key, files.certificate));
  INFO(done.out << done.err);
  REQUIRE(done.status == 0);
  return files;
}

/// What `cmpkit inspect` says of a saved message; its status is 0 where no rule is broken.
Finished inspected(const std::string& file) { return run({CMPKIT_COMMAND, "inspect", file}); }

struct Row {
  std::string command;
  std::string type;  // of the keys
  bool by_secret;
  bool implicit;
};

/// The options for the row but for the server's. The new key is at `key`.
Arguments options_for(const Row& row, const std::string& key, const std::string& certificate) {
  Arguments options = asking_for(key, certificate);
  if (row.command == "p10cr") {
    openssl::make_request(key, "/CN=device-1", world().file("request.csr"));
    options = {"-csr", world().file("request.csr"), "-certout", certificate};
  }
  if (row.implicit) options = options + Arguments{"-implicit_confirm"};
  if (row.command == "kur")
    return options + by_certificate(enrolled(row.type)) + Arguments{"-untrusted", world().ca().issuer()};
  return options + (row.by_secret ? by_secret() : by_certificate(world().factory(row.type)));
}

/// OpenSSL 3.0 gives up before it sends anything.
bool cannot_sign(const Row& row, const Finished& done) {
  return row.type == "ed25519" && (done.out + done.err).find("unsupported key type") != std::string::npos;
}

void enrol(const Row& row) {
  CAPTURE(row.command, row.type, row.by_secret, row.implicit, openssl::version());
  const std::string certificate = world().file("new.crt");
  const std::string key = world().key(row.type, "new");
  for (const char* name : {"new.crt", "request-1", "request-2", "response-1", "response-2"}) {
    std::filesystem::remove(world().file(name));
  }
  const Finished done =
      openssl::cmp(to_server(row.command) + options_for(row, key, certificate) +
                   Arguments{"-reqout", world().file("request-1") + "," + world().file("request-2"), "-rspout",
                             world().file("response-1") + "," + world().file("response-2")});
  INFO(done.out << done.err);
  if (cannot_sign(row, done)) SKIP(openssl::version() + " does not sign CMP messages with Ed25519");
  REQUIRE(done.status == 0);
  CHECK(openssl::is_good_certificate(certificate, key, world().ca().issuer(), world().ca().root()));

  // certConf and pkiConf are sent where they were not spared, and nothing we sent breaks a rule.
  CHECK(std::filesystem::exists(world().file("response-2")) == !row.implicit);
  for (const char* name : {"response-1", "response-2"}) {
    if (!std::filesystem::exists(world().file(name))) continue;
    const Finished message = inspected(world().file(name));
    INFO(message.out);
    CHECK(message.status == 0);
  }
}

void enrol_by_secret(const std::string& type) {
  if (openssl::missing()) SKIP(*openssl::missing());
  const auto command = GENERATE("ir", "cr", "p10cr");  // a kur is never protected by a MAC (K-04)
  const auto implicit = GENERATE(false, true);
  enrol({command, type, true, implicit});
}

void enrol_by_signature(const std::string& type) {
  if (openssl::missing()) SKIP(*openssl::missing());
  const auto command = GENERATE("ir", "cr", "kur", "p10cr");
  const auto implicit = GENERATE(false, true);
  enrol({command, type, false, implicit});
}

TEST_CASE("OpenSSL's client enrols EC keys, protected by a secret") { enrol_by_secret("ec"); }
TEST_CASE("OpenSSL's client enrols RSA keys, protected by a secret") { enrol_by_secret("rsa"); }
TEST_CASE("OpenSSL's client enrols Ed25519 keys, protected by a secret") { enrol_by_secret("ed25519"); }
TEST_CASE("OpenSSL's client enrols EC keys, protected by signatures") { enrol_by_signature("ec"); }
TEST_CASE("OpenSSL's client enrols RSA keys, protected by signatures") { enrol_by_signature("rsa"); }
TEST_CASE("OpenSSL's client enrols Ed25519 keys, protected by signatures") { enrol_by_signature("ed25519"); }

TEST_CASE("OpenSSL's client enrols at CAs with other keys") {
  if (openssl::missing()) SKIP(*openssl::missing());
  const auto ca_key = GENERATE("rsa:3072", "ed25519", "ec:P-384", "ec:P-521", "ec:brainpoolP256r1");
  const auto secret = GENERATE(true, false);
  CAPTURE(ca_key, secret, openssl::version());
  const OurCa ca(ca_key, {"--trusted", world().trusted()});
  const std::string key = world().key("ec", "new"), certificate = ca.file("new.crt");
  const Finished done = openssl::cmp(Arguments{"-cmd", "ir", "-server", ca.address(), "-path", ".well-known/cmp"} +
                                     Arguments{"-trusted", ca.root()} + asking_for(key, certificate) +
                                     (secret ? by_secret() : by_certificate(world().factory("ec"))));
  INFO(done.out << done.err);
  REQUIRE(done.status == 0);
  CHECK(openssl::is_good_certificate(certificate, key, ca.issuer(), ca.root()));
}

struct Refused {
  std::string what;
  std::function<Arguments()> options;  // that differ from a good request
  std::string text;                    // in what the client prints
};

/// Newer clients then ask for a key that the CA makes.
Refused no_possession() {
  if (!openssl::client_has("-centralkeygen")) {
    return {"no proof of possession", [] { return Arguments{"-cmd", "ir", "-popo", "-1"} + by_secret(); }, "badPOP"};
  }
  const Arguments central{"-cmd", "ir", "-centralkeygen", "-newkeyout", world().file("central.key")};
  return {"a key that the CA shall make", [=] { return central + by_secret(); }, "badCertTemplate"};
}

TEST_CASE("OpenSSL's client is refused by our CA, and told why") {
  if (openssl::missing()) SKIP(*openssl::missing());
  const auto row = GENERATE(values<Refused>({
      {"wrong secret", [] { return Arguments{"-cmd", "ir", "-ref", OurCa::reference, "-secret", "pass:wrong"}; },
       "badMessageCheck"},
      {"unknown reference", [] { return Arguments{"-cmd", "ir", "-ref", "nobody", "-secret", OurCa::secret}; },
       "badMessageCheck"},
      {"certificate of a stranger", [] { return Arguments{"-cmd", "ir"} + by_certificate(world().stranger()); },
       "signerNotTrusted"},
      {"no protection", [] { return Arguments{"-cmd", "ir", "-unprotected_requests"} + by_secret(); },
       "badMessageCheck"},
      {"update by a secret",
       [] { return Arguments{"-cmd", "kur", "-oldcert", enrolled("ec").certificate} + by_secret(); }, "wrongIntegrity"},
      {"update of a certificate that is not ours",
       [] {
         return Arguments{"-cmd", "kur", "-oldcert", world().factory("ec").certificate} +
                by_certificate(world().factory("ec"));
       },
       "badCertId"},
      {"profile that does not exist",
       [] { return Arguments{"-cmd", "ir", "-path", ".well-known/cmp/p/unknown"} + by_secret(); },
       "no certificate profile"},
      {"name that the profile does not take",
       [] {
         return Arguments{"-cmd", "ir", "-path", ".well-known/cmp/p/iot-device", "-subject", "/CN=meter"} + by_secret();
       },
       "URI:urn:dev:ops:"},
      {"the name of the CA", [] { return Arguments{"-cmd", "ir", "-subject", "/CN=cmpkit CA"} + by_secret(); },
       "badCertTemplate"},
      no_possession(),
      {"an end entity that calls itself an RA", [] { return Arguments{"-cmd", "ir", "-popo", "0"} + by_secret(); },
       "notAuthorized"},
  }));
  CAPTURE(row.what, openssl::version());
  const std::string certificate = world().file("refused.crt");
  const Finished done = openssl::cmp(
      Arguments{"-server", world().ca().address(), "-path", ".well-known/cmp", "-trusted", world().ca().root()} +
      asking_for(world().key("ec", "new"), certificate) + row.options());
  INFO(done.out << done.err);
  CHECK(done.status != 0);
  CHECK((done.out + done.err).find(row.text) != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(certificate));
}

TEST_CASE("OpenSSL's client rejects the certificate it got, and our CA acknowledges that") {
  if (openssl::missing()) SKIP(*openssl::missing());
  const std::string confirmation = world().file("certConf"), answer = world().file("pkiconf");
  const Finished done =
      openssl::cmp(to_server("ir") + by_secret() + asking_for(world().key("ec", "new"), world().file("rejected.crt")) +
                   Arguments{"-out_trusted", world().factory("ec").certificate, "-reqout",
                             world().file("ir") + "," + confirmation, "-rspout", world().file("ip") + "," + answer});
  INFO(done.out << done.err);
  CHECK(done.status != 0);
  CHECK_FALSE(std::filesystem::exists(world().file("rejected.crt")));
  CHECK(inspected(confirmation).out.find("rejects the certificate") != std::string::npos);
  CHECK(inspected(answer).out.find("pkiconf, ") != std::string::npos);  // C-06: a rejection is acknowledged, too
}

TEST_CASE("OpenSSL's client gets certificates of the profiles that it names by the path") {
  if (openssl::missing()) SKIP(*openssl::missing());
  const std::string key = world().key("ec", "profile");
  struct Wanted {
    const char *profile, *names, *text;  // the text is in the certificate
  };
  const auto row = GENERATE(Wanted{"as-requested", "urn:x", "URI:urn:x"},
                            Wanted{"iot-device", "urn:dev:ops:32473-Meter-7", "TLS Web Server Authentication"});
  CAPTURE(row.profile);
  const std::string certificate = world().file("profile.crt");
  const Finished done = openssl::cmp(to_server("ir") + by_secret() + asking_for(key, certificate) +
                                     Arguments{"-path", std::string(".well-known/cmp/p/") + row.profile, "-sans",
                                               row.names, "-subject", std::string("/CN=") + row.profile});
  INFO(done.out << done.err);
  REQUIRE(done.status == 0);
  CHECK(openssl::is_good_certificate(certificate, key, world().ca().issuer(), world().ca().root()));
  CHECK(run({"openssl", "x509", "-in", certificate, "-noout", "-text"}).out.find(row.text) != std::string::npos);
}

/// The CRL of the CA as `openssl crl -text` shows it.
std::string shown_crl() {
  const std::string file = world().file("ca.crl");
  const Finished fetched =
      run({CMPKIT_COMMAND, "genm", "--server", world().ca().url(), "--infotype", "currentCRL", "--ref",
           OurCa::reference, "--secret", OurCa::secret, "--trusted", world().ca().root(), "--crlout", file});
  INFO(fetched.out << fetched.err);
  REQUIRE(fetched.status == 0);
  return run({"openssl", "crl", "-in", file, "-noout", "-text"}).out;
}

TEST_CASE("OpenSSL's client revokes with each reason, and the CRL tells it") {
  if (openssl::missing()) SKIP(*openssl::missing());
  const auto row = GENERATE(std::pair{"0", ""}, std::pair{"1", "Key Compromise"}, std::pair{"3", "Affiliation Changed"},
                            std::pair{"4", "Superseded"}, std::pair{"5", "Cessation Of Operation"},
                            std::pair{"6", "Certificate Hold"}, std::pair{"9", "Privilege Withdrawn"});
  CAPTURE(row.first);
  const auto files = enrolled("ec");
  const auto revoke = [&](const char* reason) {
    return openssl::cmp(
        to_server("rr") + by_certificate(files) +
        Arguments{"-untrusted", world().ca().issuer(), "-oldcert", files.certificate, "-revreason", reason});
  };
  const auto serial = [&] {
    const std::string text = run({"openssl", "x509", "-in", files.certificate, "-noout", "-serial"}).out;
    return text.substr(text.find('=') + 1, 40);
  };
  const Finished done = revoke(row.first);
  INFO(done.out << done.err);
  REQUIRE(done.status == 0);
  const std::string crl = shown_crl();
  const auto entry = crl.find(serial());
  REQUIRE(entry != std::string::npos);
  const std::string told = crl.substr(entry, crl.find("Serial Number", entry) - entry);
  CHECK((told.find("CRL entry extensions") != std::string::npos) == (std::string(row.second) != ""));
  CHECK(told.find(row.second) != std::string::npos);

  if (std::string(row.first) == "6") {  // removeFromCRL
    CHECK(revoke("8").status == 0);
    CHECK(shown_crl().find(serial()) == std::string::npos);
    return;
  }
  const Finished again = revoke(row.first);
  CHECK(again.status != 0);
  CHECK((again.out + again.err).find("certRevoked") != std::string::npos);
}

/// Newer clients want to be told where the answer goes.
Arguments output_for(const std::string& type) {
  const std::string option = type == "caCerts" ? "-cacertsout" : type == "certReqTemplate" ? "-template" : "";
  if (option.empty() || !openssl::client_has(option)) return {};
  return {option, world().file("told")};
}

TEST_CASE("OpenSSL's client asks for what it knows, and nothing that we answer breaks a rule") {
  if (openssl::missing()) SKIP(*openssl::missing());
  const auto type = GENERATE("signKeyPairTypes", "encKeyPairTypes", "preferredSymmAlg", "currentCRL", "caCerts",
                             "caProtEncCert", "certReqTemplate");
  const auto secret = GENERATE(true, false);
  CAPTURE(type, secret);
  const std::string answer = world().file("genp");
  const Finished done = openssl::cmp(to_server("genm") + Arguments{"-infotype", type, "-rspout", answer} +
                                     output_for(type) + (secret ? by_secret() : by_certificate(world().factory("ec"))));
  INFO(done.out << done.err);
  REQUIRE(done.status == 0);
  const Finished message = inspected(answer);
  INFO(message.out);
  CHECK(message.status == 0);
  CHECK(message.out.find("genp") != std::string::npos);
}

TEST_CASE("OpenSSL's client is told what is wrong with a genm") {
  if (openssl::missing()) SKIP(*openssl::missing());
  const Finished done = openssl::cmp(to_server("genm") + by_secret() + Arguments{"-infotype", "suppLangTags"});
  CHECK(done.status != 0);  // it asks without a value
  CHECK((done.out + done.err).find("badRequest") != std::string::npos);
}

TEST_CASE("OpenSSL's client polls for its certificate") {
  if (openssl::missing()) SKIP(*openssl::missing());
  // Those before 3.3 refuse the recipNonce that RFC 9483 Section 5.1.5 wants: that of the request whose answer was
  // delayed.
  const std::string last_poll = openssl::client_has("-profile") ? "false" : "true";
  const OurCa ca("ec:P-256", {},
                 {{"#ir = 2", "ir = 2"}, {"answer_last_poll = false", "answer_last_poll = " + last_poll}});
  const std::string key = world().key("ec", "polling"), certificate = ca.file("polled.crt");
  const Finished done = openssl::cmp(Arguments{"-cmd", "ir", "-server", ca.address(), "-path", ".well-known/cmp",
                                               "-total_timeout", "60", "-trusted", ca.root()} +
                                     asking_for(key, certificate) + by_secret());
  INFO(done.out << done.err);
  REQUIRE(done.status == 0);
  CHECK(openssl::is_good_certificate(certificate, key, ca.issuer(), ca.root()));
}

}  // namespace
}  // namespace cmpkit::test
