#include "tools/crl_files.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "cmpkit/asn1/names.h"
#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/pem.h"
#include "tests/support/certificate_builder.h"
#include "tests/support/crl_builder.h"
#include "tests/support/scratch_directory.h"
#include "tools/files.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;
using State = cmp::CertificateStatus::State;

/// A CA, a device and a folder for CRLs.
struct Folder {
  Folder() { std::filesystem::create_directory(path); }
  [[nodiscard]] Octets crl(bool revoked) const {
    test::CrlContent content{
        asn1::parse_name("/CN=CA").value(), test::noon, test::noon + std::chrono::hours{1}, {}, {}};
    if (revoked) content.entries = {test::crl_entry(device.certificate)};
    return test::make_crl(content, *ca.signer);
  }
  void write(const std::string& name, const Octets& content) const { REQUIRE(write_file(path + "/" + name, content)); }
  [[nodiscard]] State state() const {
    const Bytes issuers[] = {ca.certificate};
    return status.of(cmp::CertificateView::decode(device.certificate).value(), issuers, test::noon).state;
  }

  test::ScratchDirectory scratch;
  std::string path = scratch / "crls";
  test::Issued ca = test::CertificateBuilder("/CN=CA").ca().self_signed();
  test::Issued device = test::CertificateBuilder("/CN=device").issued_by(ca);
  cmp::CrlStatus status{cmp::botan_crypto()};
  CrlFiles files{{path}, status};
};

TEST_CASE("CRLs are read when they come, change and go") {
  Folder folder;
  CHECK(folder.files.read().empty());
  CHECK(folder.state() == State::unknown);
  folder.write("ca.crl", folder.crl(false));
  CHECK(folder.files.read().empty());
  CHECK(folder.state() == State::good);
  const Octets revoking = folder.crl(true);
  folder.write("ca.crl", copy_of(bytes_of(cmp::encode_pem("X509 CRL", revoking))));
  CHECK(folder.state() == State::good);
  CHECK(folder.files.read().empty());
  CHECK(folder.state() == State::revoked);
  std::filesystem::remove(folder.path + "/ca.crl");
  CHECK(folder.files.read().empty());
  CHECK(folder.state() == State::unknown);
}

TEST_CASE("a CRL that is broken is told of once, and what was known stays") {
  Folder folder;
  folder.write("ca.crl", folder.crl(true));
  CHECK(folder.files.read().empty());
  Octets half = folder.crl(false);
  half.resize(half.size() / 2);
  folder.write("ca.crl", half);
  const auto wrong = folder.files.read();
  REQUIRE(wrong.size() == 1);
  CHECK_THAT(wrong.front(), ContainsSubstring("ca.crl: "));
  CHECK(folder.state() == State::revoked);
  CHECK(folder.files.read().empty());
  folder.write("ca.crl", folder.crl(false));
  CHECK(folder.files.read().empty());
  CHECK(folder.state() == State::good);
}

TEST_CASE("while a folder cannot be read what was known stays") {
  Folder folder;
  folder.write("ca.crl", folder.crl(true));
  CHECK(folder.files.read().empty());
  std::filesystem::rename(folder.path, folder.scratch / "elsewhere");
  CHECK(folder.files.read().size() == 1);
  CHECK(folder.files.read().empty());
  CHECK(folder.state() == State::revoked);
  std::filesystem::rename(folder.scratch / "elsewhere", folder.path);
  CHECK(folder.files.read().empty());
  std::filesystem::rename(folder.path, folder.scratch / "elsewhere");
  CHECK(folder.files.read().size() == 1);
}

}  // namespace
}  // namespace cmpkit::tools
