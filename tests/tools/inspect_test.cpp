// `cmpkit inspect`, through the built command, on messages of OpenSSL.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cmpkit/cmp/pem.h"
#include "tests/support/process.h"
#include "tests/support/scratch_directory.h"
#include "tools/files.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;
using test::Finished;

std::string sample(const std::string& name) { return CMPKIT_TEST_DATA "/openssl/" + name; }

Finished inspect(const std::vector<std::string>& arguments, std::string input = {}) {
  test::Arguments all{CMPKIT_COMMAND, "inspect"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  test::ProcessOptions options;
  options.input = std::move(input);
  return test::run(all, options);
}

TEST_CASE("inspect: a message as a tree with names, then the rules") {
  const Finished done = inspect({sample("ec-sig-cr.der")});
  CHECK(done.status == 0);
  CHECK_THAT(done.out, StartsWith(sample("ec-sig-cr.der") + ": PKIMessage, "));
  for (const char* line : {"\ncr, signed by ", "\nheader\n  pvno: cmp2000 (2)\n", "infoType: id-it-certProfile\n",
                           "profile1", "algorithm: ecdsa-with-SHA256\n", "extnID: id-ce-subjectAltName\n",
                           "\nrules: ", " checks passed, 0 failed\n"}) {
    CHECK_THAT(done.out, ContainsSubstring(line));
  }
}

TEST_CASE("inspect: every sample is read; what OpenSSL does against RFC 9483 is named") {
  struct Row {
    std::string file;
    int status;
    std::string text;
  };
  const auto row = GENERATE(values<Row>({
      {"ec-pbm-ir.der", 1, "  H-11 header.sender: "},
      {"ec-sig-certConf.der", 0, "accepts the certificate"},
      {"ec-sig-pollRep1.der", 0, "come back in "},
      {"ec-sig-ip-rejected.der", 0, "rejection"},
      {"ec-sig-p10cr.der", 0, "asks for "},
      {"mldsa-sig-ir.der", 0, "ML-DSA-65"},
      {"unprotected-ir.der", 1, "  V-30 "},
  }));
  const Finished done = inspect({sample(row.file)});
  INFO(row.file << "\n" << done.out << done.err);
  CHECK(done.status == row.status);
  CHECK_THAT(done.out, ContainsSubstring(row.text));
}

TEST_CASE("inspect: JSON holds the value and every check") {
  const Finished done = inspect({"--json", sample("unprotected-ir.der"), sample("ec-sig-pkiConf.der")});
  CHECK(done.status == 1);
  const auto json = nlohmann::json::parse(done.out);
  REQUIRE(json.size() == 2);
  CHECK(json[0]["type"] == "PKIMessage");
  CHECK(json[0]["value"]["header"]["pvno"] == "cmp2000 (2)");
  CHECK(json[0]["value"]["body"]["ir"][0]["certReq"]["certReqId"] == "0");
  CHECK(json[1]["value"]["body"].contains("pkiconf"));
  bool unprotected = false;
  for (const auto& check : json[0]["checks"]) {
    if (check["rule"] == "V-30") unprotected = !check["passed"] && check["reference"] == "RFC 9483 Section 3.2";
  }
  CHECK(unprotected);
  for (const auto& check : json[1]["checks"]) CHECK(check["passed"] == true);
}

TEST_CASE("inspect: malformed octets are told by path, offset and what stands there") {
  const auto content = read_file(sample("ec-sig-ir.der"));
  REQUIRE(content);
  std::string message(text_of(*content));

  SECTION("cut off") {
    const Finished done = inspect({"-"}, message.substr(0, 100));
    CHECK(done.status == 1);
    CHECK_THAT(done.out, StartsWith("standard input: malformed PKIMessage, 100 octets\n"));
    CHECK_THAT(done.out, ContainsSubstring(" at offset "));
  }
  SECTION("one octet changed") {
    message[message.find("\x02\x01\x02")] = 0x04;  // pvno is INTEGER no more
    const Finished done = inspect({"--json", "-"}, message);
    CHECK(done.status == 1);
    const auto json = nlohmann::json::parse(done.out);
    CHECK(json[0]["malformed"]["offset"].get<int>() > 0);
    CHECK(json[0]["malformed"]["text"].get<std::string>().find("header") == 0);
  }
  SECTION("not DER at all") {
    const Finished done = inspect({"-"}, "GET / HTTP/1.1\r\n");
    CHECK(done.status == 1);
    CHECK_THAT(done.out, ContainsSubstring("[47] 45 54"));
  }
}

TEST_CASE("inspect: PEM, several blocks, certificates and requests") {
  const auto message = read_file(sample("ec-sig-ir.der"));
  REQUIRE(message);
  const auto certificate = read_file(sample("pki/ec-ca.crt"));
  const auto certificates = cmp::read_certificates(certificate.value_or(Octets{}));
  REQUIRE(certificates);
  const Finished done =
      inspect({"-"}, cmp::encode_pem("CMP MESSAGE", *message) + cmp::encode_pem("CERTIFICATE", certificates->front()));
  INFO(done.err);
  CHECK(done.status == 0);
  CHECK_THAT(done.out, StartsWith("standard input[0]: PKIMessage, "));
  CHECK_THAT(done.out, ContainsSubstring("\nstandard input[1]: Certificate, "));
  CHECK_THAT(done.out, ContainsSubstring("\ntbsCertificate\n"));

  // A label says what it should have been.
  const Finished broken = inspect({"-"}, cmp::encode_pem("CERTIFICATE REQUEST", Octets{0x30, 0x00}));
  CHECK(broken.status == 1);
  CHECK_THAT(broken.out, ContainsSubstring("malformed CertificationRequest"));
}

TEST_CASE("inspect: a private key is not shown") {
  const Finished done = inspect({CMPKIT_TEST_DATA "/keys/ec-p256-pkcs8.pem"});
  CHECK(done.status == 2);
  CHECK(done.out.empty());
  CHECK_THAT(done.err, ContainsSubstring("holds a private key, which is not shown"));
}

TEST_CASE("inspect: what cannot be read is an error of the command line") {
  CHECK(inspect({"/nonexistent"}).status == 2);
  CHECK(inspect({"/dev/null"}).status == 2);
  CHECK(inspect({}).status == 2);
  CHECK(inspect({"-"}, "-----BEGIN CERTIFICATE-----\nMII\n").status == 2);
}

}  // namespace
}  // namespace cmpkit::tools
