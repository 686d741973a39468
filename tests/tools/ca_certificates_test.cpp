// `cmpkit ca list`, `show`, `revoke`, `crl`, `stats` and `export`, beside the running server.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <set>

#include "cmpkit/cmp/pem.h"
#include "tests/tools/new_ca.h"
#include "tools/store_choice.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;
using Json = nlohmann::json;

/// A CA that serves, with certificates for first-device (device.crt) and for /O=Other/CN=second.
class Serving {
 public:
  Serving() : ca_({"--subjects", "any"}), server_(ca_.folder()) {
    second_ = enrolled("/O=Other/CN=second");
    first_ = enrolled("/CN=first-device");
  }
  [[nodiscard]] std::string file(const std::string& name) const { return ca_.scratch(name); }
  [[nodiscard]] const NewCa& ca() const { return ca_; }
  [[nodiscard]] const std::string& url() const { return server_.url; }
  [[nodiscard]] const std::string& first() const { return first_; }
  [[nodiscard]] const std::string& second() const { return second_; }

  /// `cmpkit ca NAME DIR ...`
  [[nodiscard]] Arguments line(const std::string& name, const Arguments& more = {}) const {
    Arguments out{"ca", name, ca_.folder()};
    out.insert(out.end(), more.begin(), more.end());
    return out;
  }
  [[nodiscard]] Finished run(const std::string& name, const Arguments& more = {}) const {
    return cmpkit(line(name, more));
  }
  [[nodiscard]] Json json(const std::string& name, const Arguments& more = {}) const {
    return json_of(line(name, more));
  }
  /// By the holder of device.crt, who asks for nothing but an answer.
  [[nodiscard]] Finished ask() const {
    return cmpkit({"genm", "--server", server_.url, "--infotype", "caCerts", "--cert", file("device.crt"), "--key",
                   file("device.key"), "--extracerts", ca_ / "ca.crt", "--trusted", ca_ / "root.crt"});
  }

 private:
  std::string enrolled(const std::string& subject) {
    const Finished done = enroll(ca_, server_.url, subject);
    INFO(done.out << done.err);
    REQUIRE(done.status == 0);
    return serial_of(file("device.crt"));
  }

  NewCa ca_;
  Server server_;
  std::string first_, second_;
};

std::set<std::string> serials_in(const Json& list) {
  std::set<std::string> out;
  for (const Json& each : list) out.insert(each["serial"].get<std::string>());
  return out;
}

TEST_CASE("ca list shows certificates by status, by subject and page by page") {
  const Serving serving;
  const std::string& first = serving.first();
  const std::string& second = serving.second();
  const Json all = serving.json("list");
  REQUIRE(serials_in(all) == std::set{first, second});
  const Json& device = all[all[0]["serial"] == first ? 0 : 1];
  CHECK(device["status"] == "valid");
  CHECK(device["subject"] == "/CN=first-device");
  CHECK(device["holder"] == "secret first-device");
  CHECK(device["profile"] == "default");
  CHECK(device["key"] == "ec:P-256");
  CHECK_FALSE(device.contains("reason"));
  CHECK(serials_in(serving.json("list", {"--status", "valid"})).size() == 2);
  CHECK(serving.json("list", {"--status", "revoked"}).empty());
  CHECK(serials_in(serving.json("list", {"--subject", "O=OTHER"})) == std::set{second});

  const Json page = serving.json("list", {"--count", "1"});
  REQUIRE(page.size() == 1);
  const std::string smaller = page[0]["serial"].get<std::string>();
  CHECK(serials_in(serving.json("list", {"--after", smaller})) == std::set{smaller == first ? second : first});
  CHECK_THAT(serving.run("list", {"--count", "1"}).out, ContainsSubstring("--after " + smaller));

  CHECK_THAT(serving.run("list").out, ContainsSubstring(first + "  valid "));
  CHECK_THAT(serving.run("list", {"--subject", "nobody"}).out, ContainsSubstring("there is none"));
  CHECK(serving.run("list", {"--status", "lost"}).status == 2);
  CHECK(serving.run("list", {"--count", "0"}).status == 2);
  CHECK(serving.run("list", {"--after", "XY"}).status == 2);
}

TEST_CASE("ca show tells all about a certificate, and gives the request that led to it") {
  const Serving serving;
  const Json shown = serving.json("show", {serving.first(), "--request", serving.file("request.der")});
  CHECK(shown["serial"] == serving.first());
  CHECK_THAT(shown["request"].get<std::string>(), ContainsSubstring("with reference first-device"));
  const auto certificates = cmp::read_certificates(bytes_of(shown["certificate"].get<std::string>()));
  REQUIRE(certificates);
  CHECK(*certificates == load_certificates({serving.file("device.crt")}).value());
  CHECK_THAT(cmpkit({"inspect", serving.file("request.der")}).out, ContainsSubstring("ir, MAC"));
  CHECK_THAT(serving.run("show", {serving.first()}).out, ContainsSubstring("status     valid\n"));

  CHECK(serving.run("show", {"010203"}).status == 1);
  CHECK(serving.run("show", {"no number"}).status == 2);
  CHECK(serving.run("show", {"--json"}).status == 2);  // of the CA in general there is none
}

TEST_CASE("ca revoke ends a certificate for a running server, and puts it on the next CRL") {
  const Serving serving;
  REQUIRE(serving.ask().status == 0);
  const Json before = serving.json("crl");
  CHECK(serving.json("crl")["number"] == before["number"]);

  const Json revoked = serving.json("revoke", {serving.first(), "--reason", "keyCompromise"});
  CHECK(revoked["status"] == "revoked");
  CHECK(revoked["reason"] == "keyCompromise");
  CHECK(serving.ask().status == 1);
  const Json after = serving.json("crl", {"--out", serving.file("ca.crl")});
  CHECK(after["number"].get<int>() == before["number"].get<int>() + 1);
  const auto read = test::run({"openssl", "crl", "-in", serving.file("ca.crl"), "-noout", "-text"});
  CHECK_THAT(read.out, ContainsSubstring("Serial Number: " + serving.first()));
  CHECK_THAT(read.out, ContainsSubstring("Key Compromise"));
  CHECK(serials_in(serving.json("list", {"--status", "revoked"})) == std::set{serving.first()});
  CHECK(serving.json("stats")["onCrl"] == 1);

  const Finished again = serving.run("revoke", {serving.first()});
  CHECK(again.status == 1);
  CHECK_THAT(again.err, ContainsSubstring("revoked already"));
}

TEST_CASE("ca revoke holds and releases") {
  const Serving serving;
  CHECK_THAT(serving.run("revoke", {serving.first(), "--reason", "certificateHold"}).out, ContainsSubstring("held"));
  CHECK(serving.ask().status == 1);
  CHECK(serving.json("show", {serving.first()})["status"] == "held");
  CHECK_THAT(serving.run("revoke", {serving.first(), "--reason", "removeFromCRL"}).out, ContainsSubstring("released"));
  CHECK(serving.ask().status == 0);
  CHECK(serving.run("revoke", {serving.first(), "--reason", "8"}).status == 1);  // not on hold

  CHECK(serving.run("revoke", {serving.first(), "--reason", "boredom"}).status == 2);
  CHECK(serving.run("revoke", {"010203"}).status == 1);
  CHECK(serving.run("revoke", {"no number"}).status == 2);
  CHECK(serving.run("crl", {"--partition", "1"}).status == 1);
}

TEST_CASE("ca stats counts") {
  const Serving serving;
  const Json stats = serving.json("stats");
  CHECK(stats["certificates"]["valid"] == 2);
  CHECK(stats["certificates"]["revoked"] == 0);
  CHECK(stats["transactions"]["done"] == 2);
  CHECK(stats["pending"] == 0);
  CHECK(stats["auditEntries"] == 4);  // two ir, two certConf
  CHECK_THAT(serving.run("stats").out, ContainsSubstring("certificates  2 (valid 2)"));
  CHECK_THAT(serving.run("stats").out, ContainsSubstring(serving.ca() / "store.db"));
}

/// Certificates of whatever content: only their records count here.
void fill(const std::string& folder, Bytes certificate, std::uint32_t count) {
  const auto store = open_store(parse_store_choice("sqlite", folder).value(), store::Migration::automatic).value();
  cmp::Change change;
  for (std::uint32_t i = 0; i < count; ++i) {
    cmp::IssuedCertificate record;
    record.serial = {0x11, static_cast<std::uint8_t>(i >> 8U), static_cast<std::uint8_t>(i)};
    record.certificate = copy_of(certificate);
    record.key_digest = record.subject = record.holder = record.serial;
    record.status = i % 2 == 0 ? cmp::IssuedCertificate::Status::valid : cmp::IssuedCertificate::Status::rejected;
    change.certificates.push_back(std::move(record));
  }
  REQUIRE(store->commit(change) == cmp::Commit::done);
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++found;
  return found;
}

TEST_CASE("ca export writes some thousand certificates, all of them once") {
  const NewCa ca;
  const Octets certificate = load_certificates({ca / "ca.crt"})->front();
  fill(ca.folder(), certificate, 3500);
  SECTION("as PEM on standard output") {
    const Finished done = cmpkit({"ca", "export", ca.folder()});
    REQUIRE(done.status == 0);
    CHECK(count(done.out, "-----BEGIN CERTIFICATE-----") == 3500);
    CHECK_THAT(done.err, ContainsSubstring("exported 3500 of 3500"));
  }
  SECTION("as JSON objects into a file") {
    REQUIRE(cmpkit({"ca", "export", ca.folder(), "--format", "json", "--out", ca.scratch("all")}).status == 0);
    std::set<std::string> serials;
    for (const std::string& line : lines_of(text_in(ca.scratch("all"))))
      serials.insert(Json::parse(line)["serial"].get<std::string>());
    CHECK(serials.size() == 3500);
  }
  SECTION("only those of one status") {
    const Finished done = cmpkit({"ca", "export", ca.folder(), "--status", "rejected"});
    CHECK(count(done.out, "-----BEGIN CERTIFICATE-----") == 1750);
    CHECK_THAT(done.err, ContainsSubstring("exported 1750 of 1750"));
  }
  SECTION("not where there is no room for them") {
    CHECK(cmpkit({"ca", "export", ca.folder(), "--out", "/nonexistent/all"}).status == 1);
    CHECK(test::run({"sh", "-c", std::string(CMPKIT_COMMAND) + " ca export " + ca.folder() + " > /dev/full"}).status ==
          1);
  }
}

}  // namespace
}  // namespace cmpkit::tools
