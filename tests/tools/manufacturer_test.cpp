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

TEST_CASE("an operator's CA gives an LDevID to whom the manufacturer gave an IDevID") {
  const Factory factory;
  const Server factory_server(factory.ca.folder());
  REQUIRE(factory.make(factory_server.url, "/O=Factory/serialNumber=4711").status == 0);

  const NewCa operators({"--subject", "/O=Operator/CN=Operator CA"});
  REQUIRE(operators.made.status == 0);
  std::filesystem::create_directory(operators / "trusted/factory");
  std::filesystem::copy_file(factory.ca / "root.crt", operators / "trusted/factory/root.crt");
  edit(operators / "ca.toml", "[[permission]]",
       "[[permission]]\nname = \"devices of the factory\"\nwho = \"certificate\"\nanchors = [\"trusted/factory\"]\n"
       "operations = [\"ir\"]\nsubject = \"/O=Operator/CN={serialNumber}\"\n\n[[permission]]");
  const Server server(operators.folder());
  REQUIRE_FALSE(server.url.empty());

  const auto onboard = [&](const std::string& subject) {
    return cmpkit({"enroll", "--server", server.url, "--cert", factory.ca.scratch("idevid.crt"), "--key",
                   factory.ca.scratch("dev.key"), "--extracerts", factory.ca.scratch("chain.crt"), "--trusted",
                   operators / "root.crt", "--subject", subject, "--newkey", operators.scratch("ldevid.key"),
                   "--certout", operators.scratch("ldevid.crt")});
  };
  const Finished somebody_else = onboard("/O=Operator/CN=4712");
  CHECK(somebody_else.status == 1);
  CHECK_FALSE(file_exists(operators.scratch("ldevid.crt")));
  const Finished onboarded = onboard("/O=Factory/serialNumber=4711");  // it need not know the operator's names
  INFO(onboarded.err);
  REQUIRE(onboarded.status == 0);
  const auto certificates = load_certificates({operators.scratch("ldevid.crt")}).value();
  CHECK(view_of(certificates.front()).name() == "/O=Operator/CN=4711");
}

}  // namespace
}  // namespace cmpkit::tools
