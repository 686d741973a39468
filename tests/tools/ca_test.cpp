// `cmpkit ca`, through the built command.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cmpkit/asn1/pkimessage.h"
#include "cmpkit/cmp/certificate.h"
#include "cmpkit/transport/http_client.h"
#include "tests/tools/new_ca.h"
#include "tools/credentials.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;

TEST_CASE("ca init makes a CA that only its owner can read") {
  const NewCa ca;
  INFO(ca.made.err);
  REQUIRE(ca.made.status == 0);
  CHECK(mode_of(ca.folder()) == 0700);
  for (const char* name : {"root.key", "ca.key", "cmp.key", "kga.key", "ca.toml", "first-device.secret"})
    CHECK(mode_of(ca / name) == 0600);
  for (const char* name : {"root.crt", "ca.crt", "cmp.crt", "kga.crt", "trusted/root.crt"})
    CHECK(file_exists(ca / name));
  CHECK_THAT(ca.made.out, ContainsSubstring("next: cmpkit ca serve " + ca.folder()));
  CHECK(text_in(ca / "first-device.secret").size() == 33);  // 128 bits and a new line

  const auto verified = test::run({"openssl", "verify", "-x509_strict", "-CAfile", ca / "root.crt", "-untrusted",
                                   ca / "ca.crt", ca / "cmp.crt", ca / "kga.crt", ca / "ca.crt"});
  INFO(verified.out << verified.err);
  CHECK(verified.status == 0);
}

TEST_CASE("ca init overwrites nothing") {
  const NewCa ca;
  const std::string key = text_in(ca / "ca.key");
  const Finished again = cmpkit({"ca", "init", ca.folder()});
  CHECK(again.status == 1);
  CHECK_THAT(again.err, ContainsSubstring("nothing was changed"));
  CHECK(text_in(ca / "ca.key") == key);

  const NewCa empty;
  std::filesystem::remove_all(empty.folder());
  std::filesystem::create_directory(empty.folder());
  CHECK(cmpkit({"ca", "init", empty.folder()}).status == 0);
}

TEST_CASE("ca init makes keys of the type and names that it is told") {
  const auto* key = GENERATE("ec:P-384", "rsa:2048", "ed25519", "ml-dsa-65");
  const NewCa ca({"--key", key, "--subject", "/O=Maker/CN=Line 7"});
  CAPTURE(key, ca.made.err);
  REQUIRE(ca.made.status == 0);
  for (const auto& [file, name] : {std::pair{"root.crt", "/O=Maker/CN=Line 7 Root"},
                                   {"ca.crt", "/O=Maker/CN=Line 7"},
                                   {"cmp.crt", "/O=Maker/CN=Line 7 CMP"}}) {
    const auto certificates = load_certificates({ca / file}).value();
    CHECK(cmp::CertificateView::decode(certificates.front())->name() == name);
    CHECK_THAT(ca.made.out, ContainsSubstring(std::string(name) + ", " + key));
  }
  CHECK(cmpkit({"ca", "show", ca.folder()}).status == 0);
}

TEST_CASE("ca init takes over secrets, trust anchors and the choice of subjects") {
  const NewCa other;
  const NewCa ca({"--secret", "*=pass:for all", "--secret", "seven=file:" + other / "first-device.secret", "--trusted",
                  other / "root.crt", "--subjects", "any"});
  INFO(ca.made.err);
  REQUIRE(ca.made.status == 0);
  CHECK_FALSE(file_exists(ca / "first-device.secret"));
  CHECK(text_in(ca / "trusted/other-root.crt") == text_in(other / "root.crt"));
  CHECK(text_in(ca / "trusted/root.crt") == text_in(ca / "root.crt"));
  const Finished shown = cmpkit({"ca", "show", ca.folder()});
  CHECK(shown.status == 0);
  CHECK_THAT(shown.out, ContainsSubstring("secrets of *, seven"));
  CHECK_THAT(shown.out, !ContainsSubstring("for all"));
}

TEST_CASE("ca init with wrong options makes nothing") {
  struct Row {
    Arguments options;
    const char* text;
  };
  const auto row = GENERATE(values<Row>({{{"--key", "dsa"}, "no key of type dsa"},
                                         {{"--key", "rsa:1024"}, "no key of type rsa:1024"},
                                         {{"--subject", "CN=x"}, "is not a name"},
                                         {{"--secret", "device"}, "--secret device: write REFERENCE=pass:SECRET"},
                                         {{"--secret", "device=x"}, "--secret of device"},
                                         {{"--trusted", "/nonexistent"}, "/nonexistent"},
                                         {{"--passphrase", "x"}, "--passphrase"},
                                         {{"--listen", "here"}, "--listen"},
                                         {{"--subjects", "all"}, "--subjects"}}));
  const NewCa ca(row.options);
  CHECK(ca.made.status == 2);
  CHECK_THAT(ca.made.err, ContainsSubstring(row.text));
  CHECK_FALSE(std::filesystem::exists(ca.folder()));
}

TEST_CASE("a passphrase protects the keys that certify and is not written down") {
  const NewCa ca({"--passphrase", "pass:open sesame"});
  REQUIRE(ca.made.status == 0);
  CHECK_THAT(text_in(ca / "root.key"), ContainsSubstring("ENCRYPTED"));
  CHECK_THAT(text_in(ca / "ca.key"), ContainsSubstring("ENCRYPTED"));
  CHECK_THAT(text_in(ca / "ca.toml"), !ContainsSubstring("open sesame"));
  CHECK_THAT(ca.made.out, ContainsSubstring("next: CMPKIT_CA_PASSPHRASE=... cmpkit ca serve"));

  ::unsetenv("CMPKIT_CA_PASSPHRASE");
  const Finished without = cmpkit({"ca", "show", ca.folder()});
  CHECK(without.status == 2);
  CHECK_THAT(without.err, ContainsSubstring("CMPKIT_CA_PASSPHRASE is not set"));
  ::setenv("CMPKIT_CA_PASSPHRASE", "open sesame", 1);
  CHECK(cmpkit({"ca", "show", ca.folder()}).status == 0);
  ::setenv("CMPKIT_CA_PASSPHRASE", "open barley", 1);
  CHECK(cmpkit({"ca", "show", ca.folder()}).status == 2);
  ::unsetenv("CMPKIT_CA_PASSPHRASE");
}

TEST_CASE("ca serve says where it listens, answers, logs and stops") {
  const NewCa ca;
  Server server(ca.folder());
  REQUIRE_THAT(server.url, ContainsSubstring("http://127.0.0.1:"));

  const Finished enrolled = enroll(ca, server.url, "/CN=first-device");
  INFO(enrolled.out << enrolled.err);
  CHECK(enrolled.status == 0);
  const auto verified = test::run({"openssl", "verify", "-x509_strict", "-CAfile", ca / "root.crt", "-untrusted",
                                   ca / "ca.crt", ca.scratch("device.crt")});
  CHECK(verified.status == 0);

  CHECK(enroll(ca, server.url, "/CN=somebody else").status == 1);

  const Finished stopped = server.stop();
  CHECK(stopped.status == 0);
  CHECK(stopped.out == "listening on " + server.url + "\n");
  CHECK_THAT(stopped.err, ContainsSubstring("ir from secret first-device (127.0.0.1:"));
  CHECK_THAT(stopped.err, ContainsSubstring("-> ip, "));
  CHECK_THAT(stopped.err, ContainsSubstring("refused notAuthorized: R-07 (RFC 9483 Section 5.1.1)"));
}

TEST_CASE("W-13 ca serve answers what is no CMP message with 400 and a CMP error that says so") {
  const NewCa ca;
  Server server(ca.folder());
  auto client = transport::HttpClient::create(server.url).value();
  const auto reply = client.post(bytes_of("garbage"));
  REQUIRE(reply);
  CHECK(reply->status == 400);
  const auto message = asn1::decode<asn1::PKIMessage>(reply->body);
  REQUIRE(message);
  CHECK(message->body.type() == asn1::PKIBody::error);
  CHECK(server.stop().status == 0);
}

TEST_CASE("ca serve logs JSON objects where asked to") {
  const NewCa ca;
  Server server(ca.folder(), {"--json"});
  CHECK(enroll(ca, server.url, "/CN=first-device").status == 0);
  CHECK(enroll(ca, server.url, "/CN=somebody else").status == 1);
  const Finished stopped = server.stop();
  std::vector<nlohmann::json> requests;
  for (const std::string& line : lines_of(stopped.err)) {
    const auto object = nlohmann::json::parse(line);
    CHECK(object.contains("time"));
    if (object.contains("request")) requests.push_back(object);
  }
  REQUIRE(requests.size() == 3);
  CHECK(requests[0]["request"] == "ir");
  CHECK(requests[0]["response"] == "ip");
  CHECK(requests[0]["refused"] == false);
  CHECK(requests[0]["ms"].get<double>() > 0);
  CHECK(requests[1]["request"] == "certConf");
  CHECK(requests[2]["refused"] == true);
  CHECK(requests[2]["failInfo"] == "notAuthorized");
  CHECK(requests[2]["rule"] == "R-07");
  CHECK(requests[2]["level"] == "warning");
}

TEST_CASE("ca serve tells all that is wrong with its files before it listens") {
  const NewCa ca;
  std::filesystem::remove(ca / "first-device.secret");
  std::filesystem::remove_all(ca / "trusted");
  std::filesystem::copy_file(ca / "cmp.key", ca / "ca.key", std::filesystem::copy_options::overwrite_existing);
  const Finished served = cmpkit({"ca", "serve", ca.folder()});
  CHECK(served.status == 2);
  CHECK(served.out.empty());
  CHECK_THAT(served.err, ContainsSubstring("ca.toml: requesters.secrets.\"first-device\": cannot read"));
  CHECK_THAT(served.err, ContainsSubstring("ca.toml: requesters.trusted: cannot read the folder"));
  CHECK_THAT(served.err, ContainsSubstring("is not the key of the certificate in"));
  CHECK_THAT(served.err, ContainsSubstring("next: "));
}

TEST_CASE("ca serve refuses a configuration that is wrong") {
  const NewCa ca;
  SECTION("a key of ca.toml") { edit(ca / "ca.toml", "subject = \"same\"", "subject = \"anybody\""); }
  SECTION("a certificate profile") { edit(ca / "ca.toml", "\"rsa:2048\"", "\"rsa:1024\""); }
  SECTION("the syntax") { edit(ca / "ca.toml", "[server]", "[server"); }
  SECTION("an empty folder of trust anchors") { std::filesystem::remove(ca / "trusted/root.crt"); }
  const Finished served = cmpkit({"ca", "serve", ca.folder(), "--listen", "127.0.0.1:0"});
  CHECK(served.status == 2);
  CHECK(served.out.empty());
  CHECK_THAT(served.err, ContainsSubstring("ca.toml:"));
}

TEST_CASE("ca serve fails where it cannot listen") {
  const NewCa ca;
  Server server(ca.folder());
  const Finished second =
      cmpkit({"ca", "serve", ca.folder(), "--listen", server.url.substr(std::string("http://").size())});
  CHECK(second.status == 1);
  CHECK_THAT(second.err, ContainsSubstring("next: choose another address"));
}

}  // namespace
}  // namespace cmpkit::tools
