// The certificates that a CA stands on, and those that it issues, as OpenSSL sees them.
#include "cmpkit/cmp/ca_certificates.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <fstream>

#include "cmpkit/cmp/pem.h"
#include "tests/cmp/authority/asked.h"
#include "tests/support/process.h"
#include "tests/support/scratch_directory.h"

namespace cmpkit::cmp::test {
namespace {

using asn1::KeyUsage;
using cmpkit::test::run;
using cmpkit::test::ScratchDirectory;

std::string write_pem(const ScratchDirectory& folder, const std::string& name,
                      const std::vector<Octets>& certificates) {
  std::ofstream file(folder / name);
  for (const Octets& each : certificates) file << encode_pem("CERTIFICATE", each);
  return folder / name;
}

/// Checks the path by OpenSSL with all that RFC 5280 asks for, at the time of the tests.
void check_by_openssl(const TestCa& ca, const Octets& certificate) {
  const ScratchDirectory folder;
  const std::string root = write_pem(folder, "root.pem", {ca.root});
  const std::string above = write_pem(folder, "ca.pem", {ca.certificate});
  const auto verified = run({"openssl", "verify", "-x509_strict", "-check_ss_sig", "-attime",
                             std::to_string(now.time_since_epoch().count()), "-CAfile", root, "-untrusted", above,
                             write_pem(folder, "certificate.pem", {certificate})});
  INFO(verified.out << verified.err);
  CHECK(verified.status == 0);
}

TEST_CASE("a root is a CA that signs itself") {
  const TestCa ca;
  const auto root = CertificateView::decode(ca.root).value();
  CHECK(root.is_ca());
  CHECK_FALSE(root.path_length());
  CHECK(root.is_self_issued());
  CHECK(*root.key_usage() == bits_of({KeyUsage::keyCertSign, KeyUsage::cRLSign}));
  CHECK(root.extension(asn1::id_ce_basicConstraints)->critical);
  CHECK(root.extension(asn1::id_ce_keyUsage)->critical);
  CHECK(root.authority_key_id().empty());
  check_by_openssl(ca, ca.root);
}

TEST_CASE("an issuing CA has no CA below it") {
  const TestCa ca;
  const auto certificate = CertificateView::decode(ca.certificate).value();
  const auto root = CertificateView::decode(ca.root).value();
  CHECK(certificate.is_ca());
  CHECK(certificate.path_length() == 0);
  CHECK(same_octets(certificate.authority_key_id(), root.subject_key_id()));
  CHECK(*certificate.key_usage() == bits_of({KeyUsage::keyCertSign, KeyUsage::cRLSign}));
  check_by_openssl(ca, ca.certificate);
}

TEST_CASE("P-12 a CMP signer is told by its purpose, and is no CA") {
  const TestCa ca;
  const auto key = PrivateKey::generate("ec:P-256").value();
  const CertificatePeriod period{now, now + std::chrono::days{1}};
  const auto made = make_cmp_signer_certificate({ca.certificate, *ca.signer}, asn1::parse_name("/CN=CMP").value(),
                                                key.public_key(), period, ca.environment());
  const auto certificate = CertificateView::decode(made.value()).value();
  CHECK_FALSE(certificate.is_ca());
  CHECK(*certificate.key_usage() == bits_of({KeyUsage::digitalSignature}));  // P-14
  CHECK(certificate.extended_key_usage().size() == 1);
  CHECK(certificate.has_purpose(asn1::id_kp_cmcCA));
  CHECK(certificate.not_before() == period.not_before);
  CHECK(certificate.not_after() == period.not_after);
  check_by_openssl(ca, *made);
}

TEST_CASE("what is no key and no certificate makes no certificate") {
  const TestCa ca;
  const CertificatePeriod period{now, now + std::chrono::days{1}};
  const Octets subject = asn1::parse_name("/CN=x").value();
  const Octets nothing{0x30, 0x00};
  const auto no_key =
      make_issuing_ca_certificate({ca.root, *ca.root_signer}, subject, nothing, period, ca.environment());
  REQUIRE_FALSE(no_key.has_value());
  CHECK(no_key.error().kind == CryptoError::Kind::bad_key);
  const auto no_issuer = make_issuing_ca_certificate({nothing, *ca.root_signer}, subject, ca.signer->public_key(),
                                                     period, ca.environment());
  REQUIRE_FALSE(no_issuer.has_value());
  CHECK(no_issuer.error().kind == CryptoError::Kind::bad_key);
}

TEST_CASE("OpenSSL accepts what we issue, for every key that it knows") {
  const auto* key = GENERATE("ec:P-256", "ec:P-521", "ec:brainpoolP384r1", "rsa:2048", "ed25519", "ed448");
  CAPTURE(key);
  const TestCa ca(key);
  check_by_openssl(ca, granted(Asked().key(key).dns_name("device.example").from(*ca.authority())).certificate);
  check_by_openssl(ca, granted(Asked()
                                   .key(key)
                                   .subject("/")
                                   .dns_name("device.example")
                                   .key_usage({KeyUsage::digitalSignature})
                                   .purposes({asn1::id_kp_serverAuth})
                                   .from(*ca.authority()))
                           .certificate);
}

}  // namespace
}  // namespace cmpkit::cmp::test
