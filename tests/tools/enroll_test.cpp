// `cmpkit enroll` and `cmpkit update`, through the built command against `cmpkit ca serve`.
#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cmpkit/cmp/certificate.h"
#include "cmpkit/transport/http_server.h"
#include "tests/support/our_ca.h"
#include "tools/credentials.h"
#include "tools/files.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;
using test::Arguments;
using test::Finished;
using test::OurCa;

Arguments operator+(Arguments all, const Arguments& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

Finished cmpkit(const Arguments& arguments) { return test::run(Arguments{CMPKIT_COMMAND} + arguments); }

/// One CA for all tests of a process, and a folder for each test.
class World {
 public:
  static OurCa& ca() {
    static OurCa it;
    return it;
  }

  [[nodiscard]] std::string file(const std::string& name) const { return folder_ / name; }

  /// A good `enroll` by secret; options that follow an option with the same name replace nothing, so change by parts.
  [[nodiscard]] Arguments enroll() const {
    return Arguments{"enroll"} + server() + by_secret() + trusting() + asking();
  }
  static Arguments server() { return {"--server", ca().url()}; }
  static Arguments by_secret() { return {"--ref", OurCa::reference, "--secret", OurCa::secret}; }
  static Arguments trusting() { return {"--trusted", ca().root()}; }
  [[nodiscard]] Arguments asking() const {
    return {"--subject", "/O=Example/CN=device-1", "--newkey", file("new.key"), "--certout", file("new.crt")};
  }

 private:
  test::ScratchDirectory folder_;
};

/// The first certificate of a file.
class Certificate {
 public:
  explicit Certificate(const std::string& path) {
    const auto certificates = load_certificates({path});
    REQUIRE(certificates);
    der_ = certificates->front();
  }
  [[nodiscard]] cmp::CertificateView view() const { return cmp::CertificateView::decode(der_).value(); }
  [[nodiscard]] bool is_for(const std::string& key) const {
    const auto private_key = load_private_key(key, "");
    REQUIRE(private_key);
    return same_octets(private_key->public_key(), view().public_key());
  }

 private:
  Octets der_;
};

std::string content_of(const std::string& path) { return std::string(text_of(read_file(path).value())); }

TEST_CASE("enroll: a key, a certificate for it, and all that a person wants to know") {
  const World world;
  const Finished done = cmpkit(world.enroll() + Arguments{"--chainout", world.file("chain.crt")});
  INFO(done.err);
  REQUIRE(done.status == 0);
  CHECK(done.err.empty());
  CHECK_THAT(done.out, ContainsSubstring("/O=Example/CN=device-1 has a certificate\n"));
  CHECK_THAT(done.out, ContainsSubstring("answered by   " + World::ca().url() + ", MAC (PBM) with reference device-1"));
  CHECK_THAT(done.out, ContainsSubstring("issuer        /CN=cmpkit CA\n"));
  CHECK_THAT(done.out, ContainsSubstring("key           ec:P-256, new, in " + world.file("new.key") + "\n"));
  CHECK_THAT(done.out, ContainsSubstring("confirmed     by certConf, which the server acknowledged\n"));
  CHECK_THAT(done.out, ContainsSubstring("certificate   " + world.file("new.crt")));

  const Certificate certificate(world.file("new.crt"));
  CHECK(certificate.is_for(world.file("new.key")));
  CHECK_THAT(done.out, ContainsSubstring(certificate.view().name()));
  CHECK(same_octets(Certificate(world.file("chain.crt")).view().subject().tlv, certificate.view().issuer().tlv));
  struct stat status{};
  REQUIRE(::stat(world.file("new.key").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("enroll: an existing key is used and stays as it is") {
  const World world;
  REQUIRE(load_or_generate_key(world.file("new.key"), "ed25519", ""));
  const std::string before = content_of(world.file("new.key"));
  const Finished done = cmpkit(world.enroll());
  INFO(done.err);
  REQUIRE(done.status == 0);
  CHECK(content_of(world.file("new.key")) == before);
  CHECK(Certificate(world.file("new.crt")).is_for(world.file("new.key")));
}

TEST_CASE("enroll: keys of every kind, made and stored with a passphrase") {
  const auto type = GENERATE("ec:P-521", "rsa:2048", "ed25519", "ed448", "ml-dsa-44");
  CAPTURE(type);
  const World world;
  const Finished done = cmpkit(world.enroll() + Arguments{"--newkeytype", type, "--newkeypass", "pass:sesame"});
  INFO(done.err);
  REQUIRE(done.status == 0);
  CHECK_FALSE(load_private_key(world.file("new.key"), ""));
  CHECK(load_private_key(world.file("new.key"), "pass:sesame"));
  CHECK_THAT(done.out, ContainsSubstring(std::string("key           ") + type + ", new, in "));
}

TEST_CASE("enroll: names, confirmation and MAC as asked for, in both spellings") {
  const World world;
  const auto spelling = GENERATE("--implicit-confirm", "--implicit_confirm");
  const Finished done =
      cmpkit(world.enroll() + Arguments{spelling, "--mac", "pbmac1", "--sans", "DNS:a.example,192.0.2.1", "--verbose"});
  INFO(done.err);
  REQUIRE(done.status == 0);
  CHECK_THAT(done.out, ContainsSubstring("confirmed     implicitly"));
  CHECK_THAT(done.err,
             ContainsSubstring("→ ir, MAC (PBMAC1) with reference device-1: asks for /O=Example/CN=device-1"));
  CHECK_THAT(done.err, ContainsSubstring("← ip, MAC (PBMAC1) with reference device-1: accepted; certificate "));
  CHECK(done.err.find("certConf") == std::string::npos);
  CHECK(Certificate(world.file("new.crt")).view().subject_alt_names().size() == 2);
}

TEST_CASE("update: a new key and certificate for the holder of one") {
  const World world;
  REQUIRE(cmpkit(world.enroll() + Arguments{"--sans", "DNS:a.example"}).status == 0);
  const Finished done = cmpkit(Arguments{"update"} + World::server() + World::trusting() +
                               Arguments{"--cert", world.file("new.crt"), "--key", world.file("new.key"), "--newkey",
                                         world.file("newer.key"), "--certout", world.file("newer.crt"), "--json"});
  INFO(done.out << done.err);
  REQUIRE(done.status == 0);
  const Certificate before(world.file("new.crt")), after(world.file("newer.crt"));
  CHECK(after.is_for(world.file("newer.key")));
  CHECK_FALSE(after.is_for(world.file("new.key")));
  CHECK(same_octets(before.view().subject().tlv, after.view().subject().tlv));
  CHECK(after.view().subject_alt_names().size() == 1);

  const auto json = nlohmann::json::parse(done.out);
  CHECK(json["result"] == "enrolled");
  CHECK(json["operation"] == "kur");
  CHECK(json["certificate"]["subject"] == "/O=Example/CN=device-1");
  CHECK(json["confirmation"] == "certConf");
  CHECK(json["exchanges"][0]["request"] == "kur");
  CHECK(json["exchanges"][1]["response"] == "pkiconf");
  CHECK(json["key"]["file"] == world.file("newer.key"));
  CHECK(json["key"]["generated"] == true);
  CHECK(json["files"]["certificate"] == world.file("newer.crt"));
}

TEST_CASE("enroll: the messages are saved in order, those of a refusal, too") {
  const World world;
  const auto secret = GENERATE(OurCa::secret, "pass:wrong");
  const Finished done =
      cmpkit(Arguments{"enroll"} + World::server() + Arguments{"--ref", OurCa::reference, "--secret", secret} +
             World::trusting() + world.asking() + Arguments{"--reqout", world.file("1") + "," + world.file("3")} +
             Arguments{"--rspout", world.file("2") + "," + world.file("4")});
  const bool refused = done.status != 0;
  CHECK_THAT(cmpkit({"inspect", world.file("1")}).out, ContainsSubstring("\nir, MAC (PBM)"));
  CHECK_THAT(cmpkit({"inspect", world.file("2")}).out, ContainsSubstring(refused ? "\nerror, " : "\nip, "));
  CHECK(file_exists(world.file("3")) == !refused);
  CHECK(file_exists(world.file("4")) == !refused);
}

struct Failure {
  std::string what;
  Arguments arguments;
  std::string fault, text, next_step;  // of the result, the last two in part
};

/// Something that answers HTTP, but is no CMP server.
transport::HttpServer other_server() {
  return transport::HttpServer::start({},
                                      [](const transport::Request&) {
                                        return transport::Reply{200, "text/html", copy_of(bytes_of("<html>")), {}};
                                      })
      .value();
}

TEST_CASE("enroll: a failure is explained by where it lies and what to do") {
  const World world;
  const auto somebody = other_server();
  const OurCa stranger;
  const std::vector<Failure> rows{
      {"nobody listens", Arguments{"--server", "http://127.0.0.1:9", "--retries", "0"} + World::by_secret(),
       "transport", "127.0.0.1:9", "check that the server runs"},
      {"another path", World::server() + World::by_secret() + Arguments{"--path", "/pki"}, "transport", "404",
       "check the path in --server"},
      {"another kind of server", Arguments{"--server", somebody.url()} + World::by_secret(), "transport", "text/html",
       "what answers there is no CMP server"},
      {"wrong secret", World::server() + Arguments{"--ref", OurCa::reference, "--secret", "pass:x"}, "protection", "",
       "check --ref and --secret"},
      {"unknown reference", World::server() + Arguments{"--ref", "nobody", "--secret", OurCa::secret}, "protection", "",
       "check --ref and --secret"},
      {"the certificate of another CA",
       World::server() + Arguments{"--cert", stranger.file("ca/cmp.crt"), "--key", stranger.file("ca/cmp.key")},
       "protection", "signerNotTrusted", "the server does not trust the issuer of --cert"},
      {"a profile that is not there", World::server() + World::by_secret() + Arguments{"--profile", "gold"}, "request",
       "no certificate profile of the name", "do what the server's text says"},
  };
  for (const Failure& row : rows) {
    CAPTURE(row.what);
    const Finished done = cmpkit(Arguments{"enroll", "--json"} + row.arguments + World::trusting() + world.asking());
    INFO(done.out << done.err);
    CHECK(done.status == 1);
    CHECK(done.err.empty());
    const auto failure = nlohmann::json::parse(done.out)["failure"];
    CHECK(failure["fault"] == row.fault);
    CHECK_THAT(failure["text"].get<std::string>(), ContainsSubstring(row.text));
    CHECK_THAT(failure["next_step"].get<std::string>(), ContainsSubstring(row.next_step));
    CHECK_FALSE(file_exists(world.file("new.crt")));
    CHECK(file_exists(world.file("new.key")));  // stored before the request left
  }
}

TEST_CASE("enroll: a server under another root is not believed") {
  const World world;
  REQUIRE(cmpkit(world.enroll()).status == 0);
  const OurCa stranger;
  const Finished done = cmpkit(
      Arguments{"enroll", "--cmd", "cr"} + World::server() + Arguments{"--trusted", stranger.root()} +
      Arguments{"--cert", world.file("new.crt"), "--key", world.file("new.key"), "--newkey", world.file("newer.key")} +
      Arguments{"--certout", world.file("newer.crt")});
  CHECK(done.status == 1);
  CHECK(done.out.empty());
  CHECK_THAT(done.err, ContainsSubstring("cmpkit: no certificate: V-35 (RFC 9483 Section 3.5)"));
  CHECK_THAT(done.err, ContainsSubstring("where         protection: one side could not verify the other\n"));
  CHECK_THAT(done.err, ContainsSubstring("NOT verified\n"));
  CHECK_THAT(done.err, ContainsSubstring("next          check --trusted"));
  CHECK_FALSE(file_exists(world.file("newer.crt")));
}

struct Misuse {
  Arguments arguments;
  std::string text;
};

TEST_CASE("enroll: a command line that cannot work is refused before anything is sent or made") {
  const World world;
  REQUIRE(cmpkit(world.enroll()).status == 0);
  const std::string certificate = world.file("new.crt"), key = world.file("new.key");
  const Arguments to = World::server() + Arguments{"--certout", world.file("other.crt")};
  const Arguments other = Arguments{"--newkey", world.file("other.key"), "--subject", "/CN=x"};
  const Arguments signing = World::trusting() + Arguments{"--cert", certificate, "--key", key};
  const std::vector<Misuse> rows{
      {to + other, "give --ref and --secret, or --cert and --key"},
      {to + other + World::by_secret() + signing, "give --ref and --secret, or --cert and --key"},
      {to + other + Arguments{"--secret", "pass:x"}, "--secret needs --ref"},
      {to + other + Arguments{"--cert", certificate}, "--cert needs --key"},
      {to + other + Arguments{"--cert", certificate, "--key", key}, "--trusted is missing"},
      {to + other + signing + Arguments{"--srvcert", certificate}, "give --trusted or --srvcert, not both"},
      {to + other + Arguments{"--ref", "r", "--secret", "x"}, "--secret: a secret is given as pass:SECRET"},
      {to + other + World::by_secret() + Arguments{"--cmd", "kur"}, "an update needs --cert and --key"},
      {to + other + World::by_secret() + Arguments{"--cmd", "p10cr"}, "--csr goes with --cmd p10cr"},
      {to + other + World::by_secret() + Arguments{"--csr", certificate}, "--csr goes with --cmd p10cr"},
      {to + World::by_secret(), "--newkey names the key to certify"},
      {to + World::by_secret() + Arguments{"--newkey", world.file("other.key")}, "give --subject, or --sans"},
      {to + other + World::by_secret() + Arguments{"--sans", "IP:x"}, "--sans: IP:x: not an IPv4 or IPv6 address"},
      {to + other + World::by_secret() + Arguments{"--recipient", "x"}, "--recipient: "},
      {to + other + World::by_secret() + Arguments{"--newkeytype", "ec:P-1"}, "no key of type ec:P-1"},
      {to + other + signing + Arguments{"--digest", "sha-9"}, "--digest: sha-9 is not known"},
      {to + other + World::by_secret() + Arguments{"--chainout", "/nonexistent/x"}, "cannot write /nonexistent/x"},
      {to + other + World::by_secret() + Arguments{"--rspout", "/nonexistent/x"}, "cannot write /nonexistent/x"},
      {to + other + World::by_secret() + Arguments{"--trusted", "/nonexistent"}, "cannot read /nonexistent"},
      {to + other + World::by_secret() + Arguments{"--trusted", key}, key + ": "},
      {to + other + World::trusting() + Arguments{"--cert", certificate, "--key", World::ca().file("ca/ca.key")},
       "is not the key of the certificate"},
      {Arguments{"--server", "ftp://x", "--certout", "x"} + other + World::by_secret(), "ftp"},
      {to + other + World::by_secret() + Arguments{"--cmd", "rr"}, "--cmd"},
  };
  for (const Misuse& row : rows) {
    const Finished done = cmpkit(Arguments{"enroll"} + row.arguments);
    INFO(done.err);
    CHECK(done.status == 2);
    CHECK_THAT(done.err, ContainsSubstring(row.text));
    CHECK_FALSE(file_exists(world.file("other.crt")));
    CHECK_FALSE(file_exists(world.file("other.key")));
  }
}

}  // namespace
}  // namespace cmpkit::tools
