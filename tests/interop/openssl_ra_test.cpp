// OpenSSL's CMP client before an RA of ours, which forwards to our CA.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>

#include "tests/interop/openssl.h"
#include "tests/interop/our_ra.h"
#include "tests/support/our_ca.h"

namespace cmpkit::test {
namespace {

using cmp::Forwarding;

Arguments operator+(Arguments all, const Arguments& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

/// A CA that lets RAs act for others, a manufacturer, and a device of it.
class World {
 public:
  World() {
    openssl::make_key("ec", vendor_.key);
    openssl::make_root(vendor_, "/CN=Vendor Root");
    openssl::make_key("ec", factory_.key);
    openssl::make_certificate(factory_, "/CN=Thing", vendor_);
    const std::string permission =
        "[[permission]]\nname = \"RAs\"\nwho = \"registration authority\"\n"
        "operations = [\"ir\", \"cr\", \"kur\", \"p10cr\", \"rr\", \"genm\"]\nsubject = \"any\"\non_behalf = true\n\n";
    ca_ = std::make_unique<OurCa>(
        "ec:P-256", Arguments{"--trusted", vendor_.certificate},
        std::vector<std::pair<std::string, std::string>>{{"[[permission]]\n", permission + "[[permission]]\n"}});
  }

  [[nodiscard]] const OurCa& ca() const { return *ca_; }
  [[nodiscard]] std::string file(const std::string& name) const { return folder_ / name; }
  [[nodiscard]] const openssl::KeyAndCertificate& factory() const { return factory_; }
  [[nodiscard]] OurRa ra(Forwarding forwarding) const {
    return {
        {ca_->root(), ca_->issuer(), ca_->file("ca/ca.key"), {vendor_.certificate}, OurCa::reference, "correct-horse"},
        ca_->url(),
        forwarding};
  }

 private:
  ScratchDirectory folder_;
  openssl::KeyAndCertificate vendor_{folder_ / "vendor.key", folder_ / "vendor.crt"};
  openssl::KeyAndCertificate factory_{folder_ / "factory.key", folder_ / "factory.crt"};
  std::unique_ptr<OurCa> ca_;
};

World& world() {
  static World it;
  return it;
}

Arguments to(const OurRa& ra, const std::string& command) {
  return {"-cmd", command, "-server", ra.address(), "-path", ".well-known/cmp", "-trusted", world().ca().root()};
}

Arguments by_secret() { return {"-ref", OurCa::reference, "-secret", OurCa::secret}; }
Arguments by_certificate(const openssl::KeyAndCertificate& files) {
  return {"-cert", files.certificate, "-key", files.key};
}

/// Runs it; the new certificate must be good.
openssl::KeyAndCertificate enrol(const OurRa& ra, const std::string& command, const Arguments& protection,
                                 const std::string& name) {
  const openssl::KeyAndCertificate files{world().file(name + ".key"), world().file(name + ".crt")};
  openssl::make_key("ec", files.key);
  Arguments asking{"-subject", "/CN=device-1", "-newkey", files.key};
  if (command == "p10cr") {
    openssl::make_request(files.key, "/CN=device-1", world().file("request.csr"));
    asking = {"-csr", world().file("request.csr")};
  }
  const Finished done = openssl::cmp(to(ra, command) + asking + Arguments{"-certout", files.certificate} + protection);
  CAPTURE(command, openssl::version());
  INFO(done.out << done.err);
  REQUIRE(done.status == 0);
  CHECK(openssl::is_good_certificate(files.certificate, files.key, world().ca().issuer(), world().ca().root()));
  return files;
}

TEST_CASE("OpenSSL's client enrols through our RA") {
  if (openssl::missing()) SKIP(*openssl::missing());
  const auto forwarding = GENERATE(Forwarding::unchanged, Forwarding::add, Forwarding::replace);
  CAPTURE(static_cast<int>(forwarding));
  const OurRa ra = world().ra(forwarding);
  for (const std::string command : {"ir", "cr", "p10cr"}) enrol(ra, command, by_secret(), "by-secret");
  for (const std::string command : {"ir", "cr", "p10cr"})
    enrol(ra, command, by_certificate(world().factory()), "by-certificate");
}

TEST_CASE("OpenSSL's client updates and revokes a certificate through our RA, and asks for the CA's") {
  if (openssl::missing()) SKIP(*openssl::missing());
  const auto forwarding = GENERATE(Forwarding::unchanged, Forwarding::add, Forwarding::replace);
  CAPTURE(static_cast<int>(forwarding));
  const OurRa ra = world().ra(forwarding);
  const Arguments chain{"-untrusted", world().ca().issuer()};
  const auto first = enrol(ra, "ir", by_secret(), "first");
  const auto second = enrol(ra, "kur", by_certificate(first) + chain, "second");
  const Finished revoked =
      openssl::cmp(to(ra, "rr") + by_certificate(second) + chain + Arguments{"-oldcert", second.certificate});
  INFO(revoked.out << revoked.err);
  CHECK(revoked.status == 0);
  const Finished asked = openssl::cmp(to(ra, "genm") + by_secret() + Arguments{"-infotype", "caCerts"});
  INFO(asked.out << asked.err);
  CHECK(asked.status == 0);
}

TEST_CASE("OpenSSL's client is told by our RA why it gets nothing") {
  if (openssl::missing()) SKIP(*openssl::missing());
  const auto forwarding = GENERATE(Forwarding::add, Forwarding::replace);
  const OurRa ra = world().ra(forwarding);
  const std::string key = world().file("refused.key");
  openssl::make_key("ec", key);
  const Finished done =
      openssl::cmp(to(ra, "ir") + Arguments{"-subject", "/CN=device-1", "-newkey", key} +
                   Arguments{"-certout", world().file("refused.crt")} +
                   Arguments{"-ref", OurCa::reference, "-secret", "pass:wrong"} + Arguments{"-unprotected_errors"});
  INFO(done.out << done.err);
  CHECK(done.status != 0);
  CHECK((done.out + done.err).find("badMessageCheck") != std::string::npos);
}

}  // namespace
}  // namespace cmpkit::test
