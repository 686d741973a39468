// Key packages as `openssl cms` sees them: it decrypts what we encrypt, and verifies what we sign (RFC 9483 Section
// 4.1.6). Under a password it knows another key wrap only, that of RFC 3211.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmp/key_generation/key_package.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/pem.h"
#include "tests/interop/openssl.h"
#include "tests/support/certificate_builder.h"
#include "tests/support/scratch_directory.h"
#include "tools/files.h"
#include "tools/system_clock.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using asn1::KeyUsage;
using cmpkit::test::CertificateBuilder;
using cmpkit::test::ScratchDirectory;
namespace openssl = cmpkit::test::openssl;

namespace {

void write(const std::string& path, Bytes content) { REQUIRE(tools::write_file(path, content)); }
void write_pem(const std::string& path, Bytes certificate) {
  const std::string pem = encode_pem("CERTIFICATE", certificate);
  write(path, bytes_of(pem));
}

Octets content_info(asn1::Oid type, Bytes content) { return asn1::encode(asn1::ContentInfo{type, asn1::Any{content}}); }

}  // namespace

TEST_CASE("openssl cms decrypts our EnvelopedData, verifies our SignedData and finds the key") {
  if (openssl::missing()) SKIP(*openssl::missing());
  struct Row {
    const char* key;
    KeyTransport transport;
  };
  const auto row = GENERATE(values<Row>({{"ec:P-256", {}},
                                         {"ec:P-384", {}},
                                         {"ec:P-521", {}},
                                         {"rsa:2048", {}},
                                         {"rsa:2048", {KeyTransport::Scheme::pkcs1, {}}}}));
  CAPTURE(row.key);
  const ScratchDirectory folder;
  const tools::SystemClock clock;
  const Environment environment{clock, system_random(), botan_crypto()};
  const Time now = clock.now(), soon = now + std::chrono::hours{1};
  const auto root = CertificateBuilder("/CN=Root").ca().valid(now, soon).self_signed();
  const auto kga = CertificateBuilder("/CN=KGA").valid(now, soon).purposes({asn1::id_kp_cmKGA}).issued_by(root);
  const PrivateKey own = PrivateKey::generate(row.key).value();
  const auto holder = CertificateBuilder("/CN=holder")
                          .key(std::shared_ptr<const Signer>(own.signer().value()))
                          .valid(now, soon)
                          .issued_by(root);
  const PrivateKey key = PrivateKey::generate("ec:P-256").value();

  const auto view = CertificateView::decode(holder.certificate).value();
  const Octets sealed =
      make_key_package(key, {kga.signer, {kga.certificate}}, CertificateRecipient{view, row.transport}, environment)
          .value();
  write(folder / "sealed.der", content_info(asn1::id_envelopedData, sealed));
  write(folder / "own.key", bytes_of(own.to_pem().value()));
  write_pem(folder / "own.crt", holder.certificate);
  openssl::must({"cms", "-decrypt", "-binary", "-inform", "DER", "-in", folder / "sealed.der", "-recip",
                 folder / "own.crt", "-inkey", folder / "own.key", "-out", folder / "signed"});

  const Octets signed_data = tools::read_file(folder / "signed").value();
  write(folder / "signed.der", content_info(asn1::id_signedData, signed_data));
  write_pem(folder / "root.crt", root.certificate);
  openssl::must({"cms", "-verify", "-binary", "-inform", "DER", "-in", folder / "signed.der", "-CAfile",
                 folder / "root.crt", "-purpose", "any", "-out", folder / "package.der"});
  const Octets package = tools::read_file(folder / "package.der").value();
  const auto keys = asn1::decode<asn1::AsymmetricKeyPackage>(package);
  REQUIRE(keys);
  REQUIRE(keys->size() == 1);
  const Octets one = asn1::encode(keys->front());  // version 2, which OpenSSL 3.0 does not read
  CHECK(same_octets(PrivateKey::load(one)->public_key(), key.public_key()));
}

TEST_CASE("what openssl cms makes of a key is taken where the caller tolerates its form") {
  if (openssl::missing()) SKIP(*openssl::missing());
  const std::string type = GENERATE("ec", "rsa");
  CAPTURE(type);
  const ScratchDirectory folder;
  const tools::SystemClock clock;
  const Environment environment{clock, system_random(), botan_crypto()};
  const openssl::KeyAndCertificate root{folder / "root.key", folder / "root.crt"};
  const openssl::KeyAndCertificate holder{folder / "own.key", folder / "own.crt"};
  const openssl::KeyAndCertificate issued{folder / "new.key", folder / "new.crt"};
  for (const auto* each : {&root, &holder, &issued}) openssl::make_key(type, each->key);
  openssl::make_root(root, "/CN=Root");
  openssl::make_certificate(holder, "/CN=holder", root);
  openssl::make_certificate(issued, "/CN=new", root);
  // As OpenSSL's mock server does: the key signed as id-data, in a ContentInfo, encrypted as id-data
  openssl::must({"pkey", "-in", issued.key, "-outform", "DER", "-out", folder / "new.der"});
  openssl::must({"cms", "-sign", "-binary", "-nodetach", "-in", folder / "new.der", "-signer", root.certificate,
                 "-inkey", root.key, "-outform", "DER", "-out", folder / "signed.der"});
  openssl::must({"cms", "-encrypt", "-binary", "-aes256", "-in", folder / "signed.der", "-outform", "DER", "-out",
                 folder / "sealed.der", holder.certificate});

  const auto certificate = [](const std::string& path) {
    return read_certificates(tools::read_file(path).value()).value().front();
  };
  const Octets sealed = tools::read_file(folder / "sealed.der").value();
  const auto info = asn1::decode<asn1::ContentInfo>(sealed).value();
  asn1::EncryptedKey encrypted;
  encrypted.value.emplace<asn1::EncryptedKey::envelopedData>(
      asn1::decode<asn1::EnvelopedData>(info.content.tlv).value());
  const Octets own = certificate(holder.certificate), mine = certificate(issued.certificate);
  const auto view = CertificateView::decode(own).value(), target = CertificateView::decode(mine).value();
  const auto decryptor = PrivateKey::load(tools::read_file(holder.key).value())->decryptor().value();
  const auto opened = [&](Tolerance tolerance) {
    Trail trail;
    const PackageOpening opening{CertificateOpener{view, *decryptor}, nullptr, {}, tolerance};
    return open_key_package(encrypted, target, opening, environment, trail);
  };
  CHECK_FALSE(opened({}));
  const auto key = opened({Deviation::key_package_form});
  INFO((key ? "" : key.error().text));
  REQUIRE(key);
  CHECK(same_octets(PrivateKey::load(*key)->public_key(), target.public_key()));
}
