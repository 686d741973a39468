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

/// A root that is replaced, and the issuing CA below the new one.
struct Replaced {
  TestCa ca;
  std::shared_ptr<const Signer> signer = PrivateKey::generate("ec:P-384").value().signer().value();
  Time end = now + std::chrono::days{20 * 365};
  RootRollover roots = make_root_rollover({ca.root, *ca.root_signer}, *signer, end, ca.environment()).value();
  Octets issuing =
      make_issuing_ca_certificate({roots.new_with_new, *signer}, CertificateView::decode(ca.certificate)->subject().tlv,
                                  ca.signer->public_key(), {now, now + std::chrono::days{3650}}, ca.environment())
          .value();
};

TEST_CASE("S-11 the certificates of a new root have the names, keys and periods that belong together") {
  const Replaced replaced;
  const auto old = CertificateView::decode(replaced.ca.root).value();
  const auto fresh = CertificateView::decode(replaced.roots.new_with_new).value();
  const auto new_with_old = CertificateView::decode(replaced.roots.new_with_old).value();
  const auto old_with_new = CertificateView::decode(replaced.roots.old_with_new).value();
  for (const CertificateView* each : {&fresh, &new_with_old, &old_with_new}) {
    CHECK(same_octets(each->subject().tlv, old.subject().tlv));
    CHECK(same_octets(each->issuer().tlv, old.subject().tlv));
    CHECK(each->is_ca());
  }
  CHECK(fresh.not_before() < old.not_after());
  CHECK(fresh.not_after() == replaced.end);
  CHECK(new_with_old.not_before() == fresh.not_before());
  CHECK(new_with_old.not_after() == old.not_after());
  CHECK(old_with_new.not_before() == old.not_before());
  CHECK(old_with_new.not_after() == old.not_after());
  CHECK(same_octets(new_with_old.public_key(), fresh.public_key()));
  CHECK(same_octets(old_with_new.public_key(), old.public_key()));
  CHECK(same_octets(new_with_old.authority_key_id(), old.subject_key_id()));
  CHECK(same_octets(old_with_new.authority_key_id(), fresh.subject_key_id()));
}

TEST_CASE("OpenSSL goes from either root to the other, and to what stands below") {
  const Replaced replaced;
  const auto& [fresh, new_with_old, old_with_new] = replaced.roots;
  const auto device = granted(Asked().from(*replaced.ca.authority())).certificate;
  const auto accepts = [&](const Octets& root, const std::vector<Octets>& between, const Octets& certificate) {
    const ScratchDirectory folder;
    const auto done =
        run({"openssl", "verify", "-x509_strict", "-attime", std::to_string(now.time_since_epoch().count() + 1),
             "-CAfile", write_pem(folder, "root.pem", {root}), "-untrusted", write_pem(folder, "between.pem", between),
             write_pem(folder, "certificate.pem", {certificate})});
    UNSCOPED_INFO(done.out << done.err);
    return done.status == 0;
  };
  CHECK(accepts(replaced.ca.root, {replaced.issuing, new_with_old}, device));  // trusts the old root only
  CHECK(accepts(fresh, {replaced.issuing}, device));
  CHECK(accepts(fresh, {replaced.ca.certificate, old_with_new}, device));  // has only the old issuing CA's certificate
  CHECK_FALSE(accepts(replaced.ca.root, {replaced.issuing}, device));
}

TEST_CASE("an expired root has no successor") {
  TestCa ca;
  ca.clock.time = CertificateView::decode(ca.root)->not_after();
  const auto made = make_root_rollover({ca.root, *ca.root_signer}, *ca.signer, ca.clock.time + std::chrono::days{1},
                                       ca.environment());
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().text == "the root has expired");
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
