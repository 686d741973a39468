// IEEE 802.1AR from the factory to the operator: a device gets its IDevID from the manufacturer's CA, and with it its
// LDevID from the operator's.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>

#include "cmpkit/asn1/oids.h"
#include "tests/tools/new_ca.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;

struct Factory {
  Factory() { REQUIRE(ca.made.status == 0); }
  /// The IDevID of a device, by the station of the factory.
  [[nodiscard]] Finished make(const std::string& url, const std::string& subject, const Arguments& more = {}) const {
    Arguments all{"enroll",
                  "--server",
                  url,
                  "--ref",
                  "station-1",
                  "--secret",
                  "file:" + ca / "station-1.secret",
                  "--trusted",
                  ca / "root.crt",
                  "--subject",
                  subject,
                  "--newkey",
                  ca.scratch("dev.key"),
                  "--certout",
                  ca.scratch("idevid.crt"),
                  "--chainout",
                  ca.scratch("chain.crt")};
    all.insert(all.end(), more.begin(), more.end());
    return cmpkit(all);
  }
  NewCa ca{{"--manufacturer", "--subject", "/O=Factory/CN=Factory CA"}};
};

cmp::CertificateView view_of(const Octets& certificate) { return cmp::CertificateView::decode(certificate).value(); }

TEST_CASE("ca init --manufacturer: the factory's CA issues IDevIDs that never end, and nothing else") {
  const Factory factory;
  const Server server(factory.ca.folder());
  REQUIRE_FALSE(server.url.empty());
  const Finished made = factory.make(server.url, "/O=Factory/serialNumber=4711");
  INFO(made.err);
  REQUIRE(made.status == 0);
  const auto certificates = load_certificates({factory.ca.scratch("idevid.crt")}).value();
  const auto idevid = view_of(certificates.front());
  const std::chrono::sys_seconds never =
      std::chrono::sys_days{std::chrono::year{10000} / 1 / 1} - std::chrono::seconds{1};
  CHECK(idevid.not_after() == never);
  CHECK(idevid.name() == "/O=Factory/serialNumber=4711");
  CHECK(idevid.extension(asn1::id_ce_extKeyUsage) == nullptr);
  for (const char* above : {"root.crt", "ca.crt"}) {
    const auto issuers = load_certificates({factory.ca / above}).value();
    CHECK(view_of(issuers.front()).not_after() == never);
  }
  const Finished verified = test::run({"openssl", "verify", "-x509_strict", "-CAfile", factory.ca / "root.crt",
                                       "-untrusted", factory.ca / "ca.crt", factory.ca.scratch("idevid.crt")});
  INFO(verified.out << verified.err);
  CHECK(verified.status == 0);

  const Finished nameless = factory.make(server.url, "/CN=no number");
  CHECK(nameless.status == 1);
  CHECK_THAT(nameless.err, ContainsSubstring("serialNumber"));
  CHECK(factory.make(server.url, "/serialNumber=4712", {"--profile", "default"}).status == 1);
}

/// An operator whose CA trusts the factory for first certificates, and looks into `crls` for whom it revoked.
struct Operators {
  explicit Operators(const Factory& from) : factory(from) {
    REQUIRE(ca.made.status == 0);
    std::filesystem::create_directory(ca / "crls");
    std::filesystem::create_directory(ca / "trusted/factory");
    std::filesystem::copy_file(factory.ca / "root.crt", ca / "trusted/factory/root.crt");
    edit(ca / "ca.toml", "crls = []", "crls = [\"crls\"]");
    edit(ca / "ca.toml", "[[permission]]",
         "[[permission]]\nname = \"devices of the factory\"\nwho = \"certificate\"\nanchors = [\"trusted/factory\"]\n"
         "operations = [\"ir\"]\nsubject = \"/O=Operator/CN={serialNumber}\"\n\n[[permission]]");
  }
  [[nodiscard]] Finished onboard(const std::string& url, const std::string& subject) const {
    return cmpkit({"enroll", "--server", url, "--cert", factory.ca.scratch("idevid.crt"), "--key",
                   factory.ca.scratch("dev.key"), "--extracerts", factory.ca.scratch("chain.crt"), "--trusted",
                   ca / "root.crt", "--subject", subject, "--newkey", ca.scratch("ldevid.key"), "--certout",
                   ca.scratch("ldevid.crt")});
  }
  const Factory& factory;
  NewCa ca{{"--subject", "/O=Operator/CN=Operator CA"}};
};

TEST_CASE("an operator's CA gives an LDevID to whom the manufacturer gave an IDevID") {
  const Factory factory;
  const Server factory_server(factory.ca.folder());
  REQUIRE(factory.make(factory_server.url, "/O=Factory/serialNumber=4711").status == 0);
  const Operators operators(factory);
  const Server server(operators.ca.folder());
  REQUIRE_FALSE(server.url.empty());

  const Finished somebody_else = operators.onboard(server.url, "/O=Operator/CN=4712");
  CHECK(somebody_else.status == 1);
  CHECK_FALSE(file_exists(operators.ca.scratch("ldevid.crt")));
  // it need not know the operator's names
  const Finished onboarded = operators.onboard(server.url, "/O=Factory/serialNumber=4711");
  INFO(onboarded.err);
  REQUIRE(onboarded.status == 0);
  const auto certificates = load_certificates({operators.ca.scratch("ldevid.crt")}).value();
  CHECK(view_of(certificates.front()).name() == "/O=Operator/CN=4711");
}

TEST_CASE("V-36 an operator's CA gives nothing to whom the manufacturer has revoked") {
  const Factory factory;
  const Server factory_server(factory.ca.folder());
  REQUIRE(factory.make(factory_server.url, "/O=Factory/serialNumber=4711").status == 0);
  const Operators operators(factory);
  const std::string serial = serial_of(factory.ca.scratch("idevid.crt"));
  REQUIRE(cmpkit({"ca", "revoke", factory.ca.folder(), serial, "--reason", "keyCompromise"}).status == 0);
  REQUIRE(cmpkit({"ca", "crl", factory.ca.folder(), "--out", operators.ca / "crls/factory.crl"}).status == 0);
  const Server server(operators.ca.folder());
  REQUIRE_FALSE(server.url.empty());
  const Finished refused = operators.onboard(server.url, "/O=Factory/serialNumber=4711");
  CHECK(refused.status == 1);
  CHECK_THAT(refused.out + refused.err, ContainsSubstring("V-36"));
  CHECK_FALSE(file_exists(operators.ca.scratch("ldevid.crt")));
}

}  // namespace
}  // namespace cmpkit::tools
