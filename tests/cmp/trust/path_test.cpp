#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/pem.h"
#include "tests/cmp/trust/trust_world.h"
#include "tests/support/test_data.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using test::CertificateBuilder;
using test::Issued;
using test::noon;
using test::Pool;
using test::pool_of;
using test::trusting;
using test::validate;
using Reason = PathError::Reason;
using std::chrono::days;

namespace {

struct Chain {
  Issued root = CertificateBuilder("/CN=Root").ca().self_signed();
  Issued issuing = CertificateBuilder("/CN=Issuing").ca(0).issued_by(root);
  Issued device = CertificateBuilder("/CN=Device").issued_by(issuing);
};

void refuses(const TrustStore& store, const Issued& end_entity, const Pool& pool, Reason reason, std::string_view text,
             Time now = noon) {
  const auto path = validate(store, end_entity, pool, now);
  REQUIRE_FALSE(path);
  CHECK(path.error().text == text);
  CHECK(path.error().reason == reason);
}

}  // namespace

TEST_CASE("V-35 a path to an anchor") {
  const Chain chain;
  const auto store = trusting({&chain.root});
  const auto path = validate(store, chain.device, pool_of({&chain.device, &chain.issuing, &chain.root}));
  REQUIRE(path);
  const auto issuers = path->issuers();
  REQUIRE(issuers.size() == 2);
  CHECK(same_octets(issuers[0], chain.issuing.certificate));
  CHECK(same_octets(issuers[1], chain.root.certificate));
  CHECK(validate(store, chain.issuing)->issuers().size() == 1);
}

TEST_CASE("a CA below a root may be the anchor itself") {
  const Chain chain;
  const auto path = validate(trusting({&chain.issuing}), chain.device);
  REQUIRE(path);
  CHECK(path->issuers().size() == 1);
}

TEST_CASE("an end entity may be the anchor itself, and vouches for nobody else") {
  const auto signer = CertificateBuilder("/CN=Signer").self_signed();
  const auto below = CertificateBuilder("/CN=Below").issued_by(signer);
  const auto store = trusting({&signer});
  const auto path = validate(store, signer);
  REQUIRE(path);
  CHECK(path->issuers().empty());
  refuses(store, signer, {}, Reason::expired, "certificate /CN=Signer expired on 2027-01-01 12:00:00 UTC",
          noon + days{400});
  refuses(store, below, {}, Reason::not_a_ca,
          "certificate /CN=Signer, issuer of /CN=Below, is not a CA certificate (basicConstraints)");
}

TEST_CASE("P-08, V-60 what a message brings is no anchor") {
  const Chain chain;
  const auto other = CertificateBuilder("/CN=Other").ca().self_signed();
  refuses(trusting({&other}), chain.device, pool_of({&chain.issuing, &chain.root}), Reason::no_path,
          "certificate /CN=Root is self-signed and not one of the trust anchors");
  refuses(trusting({&other}), chain.root, pool_of({&chain.root}), Reason::no_path,
          "certificate /CN=Root is self-signed and not one of the trust anchors");
  refuses(trusting({}), chain.device, pool_of({&chain.issuing}), Reason::no_path,
          "no chain to a trust anchor: the issuer /CN=Root of /CN=Issuing was not found");
}

TEST_CASE("a missing intermediate") {
  const Chain chain;
  refuses(trusting({&chain.root}), chain.device, {}, Reason::no_path,
          "no chain to a trust anchor: the issuer /CN=Issuing of /CN=Device was not found");
}

TEST_CASE("certificates out of their time") {
  const Chain chain;
  const auto store = trusting({&chain.root});
  const auto pool = pool_of({&chain.issuing});
  refuses(store, chain.device, pool, Reason::expired, "certificate /CN=Device expired on 2027-01-01 12:00:00 UTC",
          noon + days{365} + std::chrono::seconds{1});
  refuses(store, chain.device, pool, Reason::not_yet_valid,
          "certificate /CN=Device is not valid before 2025-01-01 12:00:00 UTC", noon - days{366});
  CHECK(validate(store, chain.device, pool, noon + days{365}));  // the last second counts
  CHECK(validate(store, chain.device, pool, noon - days{365}));

  const auto issuing =
      CertificateBuilder("/CN=Issuing").ca().valid(noon - days{2}, noon - days{1}).issued_by(chain.root);
  const auto device = CertificateBuilder("/CN=Device").issued_by(issuing);
  refuses(store, device, pool_of({&issuing}), Reason::expired,
          "certificate /CN=Issuing expired on 2025-12-31 12:00:00 UTC");
  const auto root = CertificateBuilder("/CN=Root").ca().valid(noon + days{1}, noon + days{2}).self_signed();
  const auto under = CertificateBuilder("/CN=Device").issued_by(root);
  refuses(trusting({&root}), under, {}, Reason::not_yet_valid,
          "certificate /CN=Root is not valid before 2026-01-02 12:00:00 UTC");
}

TEST_CASE("a wrong issuer key") {
  const Chain chain;
  const auto impostor = CertificateBuilder("/CN=Root").ca().self_signed();
  const auto device = CertificateBuilder("/CN=Device").issued_by(impostor);
  refuses(trusting({&chain.root}), device, {}, Reason::bad_signature,
          "the signature of /CN=Device by /CN=Root is wrong");
  auto damaged = chain.device;
  damaged.certificate.back() ^= 1U;
  refuses(trusting({&chain.issuing}), damaged, {}, Reason::bad_signature,
          "the signature of /CN=Device by /CN=Issuing is wrong");
}

TEST_CASE("among issuers of one name the one that signed is found") {
  const auto old = CertificateBuilder("/CN=CA").ca().self_signed();
  const auto renewed = CertificateBuilder("/CN=CA").ca().self_signed();
  const auto by_old = CertificateBuilder("/CN=a").issued_by(old);
  const auto by_renewed = CertificateBuilder("/CN=b").issued_by(renewed);
  const auto store = trusting({&old, &renewed});
  CHECK(validate(store, by_old));
  CHECK(validate(store, by_renewed));
  const auto no_ids = CertificateBuilder("/CN=c").without_key_ids().issued_by(renewed);
  CHECK(validate(store, no_ids));
}

TEST_CASE("who may issue certificates") {
  const Chain chain;
  const auto store = trusting({&chain.root});
  const auto no_ca = CertificateBuilder("/CN=Middle").issued_by(chain.root);
  const auto below_no_ca = CertificateBuilder("/CN=Device").issued_by(no_ca);
  refuses(store, below_no_ca, pool_of({&no_ca}), Reason::not_a_ca,
          "certificate /CN=Middle, issuer of /CN=Device, is not a CA certificate (basicConstraints)");
  const auto no_sign =
      CertificateBuilder("/CN=Middle").ca().key_usage({asn1::KeyUsage::digitalSignature}).issued_by(chain.root);
  const auto below_no_sign = CertificateBuilder("/CN=Device").issued_by(no_sign);
  refuses(store, below_no_sign, pool_of({&no_sign}), Reason::not_a_ca,
          "certificate /CN=Middle, issuer of /CN=Device, may not sign certificates (keyUsage has no keyCertSign)");
  const auto no_usage = CertificateBuilder("/CN=Middle").ca().without(asn1::id_ce_keyUsage).issued_by(chain.root);
  const auto below_no_usage = CertificateBuilder("/CN=Device").issued_by(no_usage);
  CHECK(validate(store, below_no_usage, pool_of({&no_usage})));
}

TEST_CASE("P-12 an issuing CA may carry extKeyUsage cmcCA") {
  const auto root = CertificateBuilder("/CN=Root").ca().self_signed();
  const auto issuing = CertificateBuilder("/CN=Issuing").ca().purposes({asn1::id_kp_cmcCA}).issued_by(root);
  const auto device = CertificateBuilder("/CN=Device").issued_by(issuing);
  CHECK(validate(trusting({&root}), device, pool_of({&issuing})));
}

TEST_CASE("a root of version 1") {
  const auto root = CertificateBuilder("/CN=Root").version(asn1::Version::v1).without_key_ids().self_signed();
  const auto device = CertificateBuilder("/CN=Device").issued_by(root);
  CHECK(validate(trusting({&root}), device));
  // ... but not an intermediate of version 1
  const auto top = CertificateBuilder("/CN=Top").ca().self_signed();
  const auto middle = CertificateBuilder("/CN=Middle").version(asn1::Version::v1).without_key_ids().issued_by(top);
  const auto below = CertificateBuilder("/CN=Device").issued_by(middle);
  CHECK(validate(trusting({&top}), below, pool_of({&middle})).error().reason == Reason::not_a_ca);
}

TEST_CASE("pathLenConstraint") {
  const auto root = CertificateBuilder("/CN=Root").ca(1).self_signed();
  const auto a = CertificateBuilder("/CN=A").ca().issued_by(root);
  const auto b = CertificateBuilder("/CN=B").ca().issued_by(a);
  const auto device_of_a = CertificateBuilder("/CN=Device A").issued_by(a);
  const auto device_of_b = CertificateBuilder("/CN=Device B").issued_by(b);
  const auto store = trusting({&root});
  CHECK(validate(store, device_of_a, pool_of({&a})));
  refuses(store, device_of_b, pool_of({&a, &b}), Reason::path_too_long,
          "certificate /CN=A, issuer of /CN=B, leaves no room for a CA below it (pathLenConstraint, RFC 5280 Section "
          "4.2.1.9)");
  CHECK(validate(store, b, pool_of({&a})));  // as an end entity it needs no room
  // A self-issued certificate (a new key of the same CA) needs no room either
  const auto a_new = CertificateBuilder("/CN=A").ca().issued_by(a);
  const auto below_new = CertificateBuilder("/CN=Device").issued_by(a_new);
  CHECK(validate(store, below_new, pool_of({&a, &a_new})));
  // A constraint below does not widen the one above
  const auto tight = CertificateBuilder("/CN=Tight").ca(0).self_signed();
  const auto wide = CertificateBuilder("/CN=Wide").ca(5).issued_by(tight);
  const auto below_wide = CertificateBuilder("/CN=Device").issued_by(wide);
  CHECK(validate(trusting({&tight}), below_wide, pool_of({&wide})).error().reason == Reason::path_too_long);
}

TEST_CASE("critical extensions that we do not know") {
  const auto root = CertificateBuilder("/CN=Root").ca().self_signed();
  const auto store = trusting({&root});
  const auto unknown = asn1::oid<"1.2.3.4">;
  const auto device = CertificateBuilder("/CN=Device").extension(unknown, true, {0x05, 0x00}).issued_by(root);
  refuses(store, device, {}, Reason::critical_extension,
          "certificate /CN=Device has the critical extension 1.2.3.4, which we do not process (RFC 5280 Section 4.2)");
  CHECK(validate(store, CertificateBuilder("/CN=Device").extension(unknown, false, {0x05, 0x00}).issued_by(root)));
  const auto middle = CertificateBuilder("/CN=Middle").ca().extension(unknown, true, {0x05, 0x00}).issued_by(root);
  const auto below = CertificateBuilder("/CN=Device").issued_by(middle);
  CHECK(validate(store, below, pool_of({&middle})).error().reason == Reason::critical_extension);
  // A demand for an explicit policy is one of them
  asn1::PolicyConstraints explicit_policy;
  explicit_policy.requireExplicitPolicy = 0;
  const auto demanding = CertificateBuilder("/CN=Middle")
                             .ca()
                             .extension(asn1::id_ce_policyConstraints, true, asn1::encode(explicit_policy))
                             .issued_by(root);
  const auto under = CertificateBuilder("/CN=Device").issued_by(demanding);
  CHECK(validate(store, under, pool_of({&demanding})).error().reason == Reason::critical_extension);
}

TEST_CASE("signatures and keys that are too weak for a path") {
  const auto root = CertificateBuilder("/CN=Root").ca().self_signed();
  auto device = CertificateBuilder("/CN=Device").issued_by(root);
  auto certificate = asn1::decode<asn1::Certificate>(device.certificate).value();
  certificate.signatureAlgorithm.algorithm = asn1::oid<"1.2.840.10045.4.1">;  // ecdsa-with-SHA1
  certificate.tbsCertificate.signature = certificate.signatureAlgorithm;
  device.certificate = asn1::encode(certificate);
  refuses(
      trusting({&root}), device, {}, Reason::bad_algorithm,
      "the signature of /CN=Device by /CN=Root: ecdsa-with-SHA1 is refused: signatures over SHA-1 can be forged (RFC "
      "9481 Section 7.1)");
}

TEST_CASE("names that differ in case and space only are the same") {
  const auto root = CertificateBuilder("/CN=Example Root").ca().self_signed();
  const auto device = CertificateBuilder("/CN=Device").issuer_name("/CN=example  ROOT").issued_by(root);
  const auto store = trusting({&root});
  CHECK(validate(store, device));
  const auto other = CertificateBuilder("/CN=Other").issuer_name("/CN=example  ROOT").issued_by(root);
  CHECK(validate(store, other));
}

TEST_CASE("a path over several kinds of keys") {
  const auto root = CertificateBuilder("/CN=Root").key("rsa:2048").ca().self_signed();
  const auto issuing = CertificateBuilder("/CN=Issuing").key("ml-dsa-44").ca().issued_by(root);
  const auto device = CertificateBuilder("/CN=Device").key("ed25519").issued_by(issuing);
  CHECK(validate(trusting({&root}), device, pool_of({&issuing})));
}

TEST_CASE("V-35 the certificates of OpenSSL's messages") {
  const auto* family = GENERATE("ec", "rsa", "ed", "mldsa");
  CAPTURE(family);
  const auto read = [&](const char* who) {
    const auto file = test::test_data("openssl/pki/" + std::string(family) + "-" + who + ".crt");
    return Issued{read_certificates(file).value().front(), nullptr};
  };
  const auto root = read("root"), ca = read("ca"), server = read("srv"), vendor_root = read("vroot"),
             vendor_ca = read("vca"), device = read("dev"), enrolled = read("ee");
  const auto store = trusting({&root, &vendor_root});
  const auto now = CertificateView::decode(enrolled.certificate)->not_before() + days{1};
  CHECK(validate(store, server, pool_of({&ca}), now));
  CHECK(validate(store, device, pool_of({&vendor_ca}), now));
  CHECK(validate(store, enrolled, pool_of({&ca}), now));
  CHECK(validate(trusting({&root}), device, pool_of({&vendor_ca}), now).error().reason == Reason::no_path);
}
