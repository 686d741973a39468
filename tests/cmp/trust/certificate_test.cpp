#include "cmpkit/cmp/certificate.h"

#include <catch2/catch_test_macros.hpp>

#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"
#include "tests/support/certificate_builder.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using test::CertificateBuilder;
using test::noon;

namespace {

std::string refusal(const CertificateBuilder& builder) {
  const auto issued = builder.self_signed();
  return CertificateView::decode(issued.certificate).error().text();
}

}  // namespace

TEST_CASE("the facts of a certificate") {
  const auto ca = CertificateBuilder("/CN=CA").ca(2).self_signed();
  const auto device = CertificateBuilder("/O=Example/CN=Device")
                          .key_usage({asn1::KeyUsage::digitalSignature})
                          .purposes({asn1::id_kp_cmcRA})
                          .dns_name("device.example")
                          .issued_by(ca);
  const auto view = CertificateView::decode(device.certificate).value();
  CHECK(asn1::name_text(view.subject()) == "/O=Example/CN=Device");
  CHECK(asn1::name_text(view.issuer()) == "/CN=CA");
  CHECK(view.name() == "/O=Example/CN=Device");
  CHECK(view.not_before() == noon - std::chrono::days{365});
  CHECK(view.not_after() == noon + std::chrono::days{365});
  CHECK(same_octets(view.public_key(), device.signer->public_key()));
  CHECK(same_octets(view.subject_key_id(), test::key_id_of(device.signer->public_key())));  // without 04 14
  CHECK(same_octets(view.authority_key_id(), test::key_id_of(ca.signer->public_key())));
  CHECK(view.allows(asn1::KeyUsage::digitalSignature));
  CHECK_FALSE(view.allows(asn1::KeyUsage::keyCertSign));
  CHECK(view.has_purpose(asn1::id_kp_cmcRA));
  CHECK_FALSE(view.has_purpose(asn1::id_kp_cmcCA));
  REQUIRE(view.subject_alt_names().size() == 1);
  CHECK(std::get<asn1::GeneralName::dNSName>(view.subject_alt_names()[0].value).text == "device.example");
  CHECK_FALSE(view.is_ca());
  CHECK_FALSE(view.is_self_issued());
  CHECK(view.extension(asn1::id_ce_extKeyUsage) != nullptr);
  CHECK(view.extension(asn1::id_ce_nameConstraints) == nullptr);

  const auto ca_view = CertificateView::decode(ca.certificate).value();
  CHECK(ca_view.is_ca());
  CHECK(ca_view.path_length() == 2);
  CHECK(ca_view.is_self_issued());
  CHECK(ca_view.extended_key_usage().empty());
}

TEST_CASE("a moved view keeps its facts") {
  const auto issued = CertificateBuilder("/CN=x").dns_name("a.example").self_signed();
  auto first = CertificateView::decode(issued.certificate).value();
  const auto view = std::move(first);
  CHECK(view.name() == "/CN=x");
  CHECK(view.subject_alt_names().size() == 1);
  CHECK(same_octets(view.public_key(), issued.signer->public_key()));
}

TEST_CASE("P-14 absent keyUsage allows every use; anyExtendedKeyUsage names no purpose of CMP") {
  const auto plain = CertificateBuilder("/CN=x").self_signed();
  CHECK(CertificateView::decode(plain.certificate)->allows(asn1::KeyUsage::digitalSignature));
  const auto any = CertificateBuilder("/CN=x").purposes({asn1::anyExtendedKeyUsage}).self_signed();
  CHECK_FALSE(CertificateView::decode(any.certificate)->has_purpose(asn1::id_kp_cmcRA));
}

TEST_CASE("a certificate without subject is named by its serial number") {
  const auto issued = CertificateBuilder("/").self_signed();
  CHECK(CertificateView::decode(issued.certificate)->name().starts_with("with serial number "));
}

TEST_CASE("certificates that break RFC 5280 do not decode") {
  const auto usage = asn1::encode(asn1::KeyUsage{});
  CHECK(refusal(CertificateBuilder("/CN=x").version(asn1::Version::v1)) ==
        "tbsCertificate.version: expected v3, as there are extensions, found v1 or v2 at offset 0");
  CHECK(refusal(CertificateBuilder("/CN=x").ca().one_more_extension(asn1::id_ce_keyUsage, true, usage)) ==
        "tbsCertificate.extensions: expected one extension with an OID, found two at offset 0");
  CHECK(refusal(CertificateBuilder("/CN=x").extension(asn1::id_ce_basicConstraints, true, {0x05, 0x00})) ==
        "tbsCertificate.extensions.basicConstraints: expected SEQUENCE, found NULL at offset 0");
  CHECK(refusal(CertificateBuilder("/CN=x").extension(asn1::id_ce_extKeyUsage, true, {0x30, 0x00}))
            .starts_with("tbsCertificate.extensions.extKeyUsage: "));
  CHECK_FALSE(CertificateView::decode({}));
}

TEST_CASE("signatureAlgorithm is the one that is signed") {
  auto issued = CertificateBuilder("/CN=x").self_signed();
  auto certificate = asn1::decode<asn1::Certificate>(issued.certificate).value();
  certificate.signatureAlgorithm.algorithm = asn1::ecdsa_with_SHA384;
  const auto der = asn1::encode(certificate);
  CHECK(CertificateView::decode(der).error().text() ==
        "tbsCertificate.signature: expected the signatureAlgorithm, found another algorithm at offset 0");
}
