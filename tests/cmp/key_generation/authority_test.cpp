// Whole key packages: whose they are, and whether key and certificate belong together (G-02, G-14, G-16).
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmpkit/asn1/algorithms.h"
#include "cmpkit/asn1/oids.h"
#include "tests/cmp/key_generation/support/keys.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using namespace cmpkit::cmp::test;
using asn1::KeyUsage;

namespace {

Octets delivered(Bytes envelope) {
  asn1::EncryptedKey out;
  out.value.emplace<asn1::EncryptedKey::envelopedData>(asn1::decode<asn1::EnvelopedData>(envelope).value());
  return asn1::encode(out);
}

Octets made_by(const Issued& signer) {
  return delivered(
      make_key_package(generated().key, {signer.signer, {signer.certificate}}, ec_holder().recipient(), environment())
          .value());
}

/// Any package that this content makes, signed by the KGA.
Octets with_package(Bytes package) {
  const auto signed_data = sign_key_package(package, generators().credential(), environment()).value();
  return delivered(seal(signed_data, ec_holder().recipient(), environment()).value());
}

Checked<SecretOctets> opened(Bytes encrypted, const CertificateView& certificate = generated().view,
                             const TrustStore* trust = &generators().trust, Tolerance tolerance = {}) {
  const auto key = asn1::decode<asn1::EncryptedKey>(encrypted).value();
  Trail trail;
  auto out = open_key_package(key, certificate, {ec_holder().opener(), trust, {}, tolerance}, environment(), trail);
  const bool last = trail.checks().empty() || trail.checks().back().passed;
  CHECK(last == out.has_value());
  return out;
}

}  // namespace

TEST_CASE("G-14 the key that comes is the one of the certificate") {
  const auto key = opened(made_by(generators().kga));
  REQUIRE(key);
  CHECK(same_octets(PrivateKey::load(*key)->public_key(), generated().view.public_key()));
  CHECK(rule_of(opened(made_by(generators().kga), ec_holder().view)) == "G-14");
}

TEST_CASE("G-14, G-03, G-04 the package holds one key of version 2 with its own public key") {
  const SecretOctets pkcs8 = generated().key.pkcs8().value();
  auto one = asn1::decode<asn1::OneAsymmetricKey>(pkcs8).value();
  CHECK(rule_of(opened(with_package(asn1::encode(asn1::AsymmetricKeyPackage{one})))) == "G-04");
  one.version = asn1::Version::v2;
  const Octets other = copy_of(ec_holder().key.public_key());
  one.publicKey = asn1::decode<asn1::SubjectPublicKeyInfo>(other)->subjectPublicKey;
  CHECK(rule_of(opened(with_package(asn1::encode(asn1::AsymmetricKeyPackage{one})))) == "G-14");
  one.publicKey = asn1::decode<asn1::SubjectPublicKeyInfo>(generated().key.public_key())->subjectPublicKey;
  CHECK(opened(with_package(asn1::encode(asn1::AsymmetricKeyPackage{one}))));
  CHECK(rule_of(opened(with_package(asn1::encode(asn1::AsymmetricKeyPackage{one, one})))) == "G-03");
  CHECK(rule_of(opened(with_package(pkcs8))) == "G-03");
  one.privateKey = bytes_of("no key");
  CHECK(rule_of(opened(with_package(asn1::encode(asn1::AsymmetricKeyPackage{one})))) == "G-14");
}

TEST_CASE("G-02 who generates keys has cmKGA, or is the issuing CA") {
  const auto& root = generators().root;
  const auto tls = CertificateBuilder("/CN=TLS").purposes({asn1::id_kp_serverAuth}).issued_by(root);
  CHECK(rule_of(opened(made_by(tls))) == "G-02");
  const auto none = CertificateBuilder("/CN=x").issued_by(root);
  CHECK(rule_of(opened(made_by(none))) == "G-02");
  const auto encipherment =
      CertificateBuilder("/CN=x").purposes({asn1::id_kp_cmKGA}).key_usage({KeyUsage::keyEncipherment}).issued_by(root);
  CHECK(rule_of(opened(made_by(encipherment))) == "G-02");

  const auto ca =
      CertificateBuilder("/CN=CA").ca().key_usage({KeyUsage::keyCertSign, KeyUsage::digitalSignature}).issued_by(root);
  const auto issued =
      CertificateBuilder("/CN=new").key(std::shared_ptr<const Signer>(generated().key.signer().value()));
  const Octets by_ca = issued.issued_by(ca).certificate, by_other = issued.issued_by(root).certificate;
  CHECK(opened(made_by(ca), CertificateView::decode(by_ca).value()));
  CHECK(rule_of(opened(made_by(ca), CertificateView::decode(by_other).value())) == "G-02");
}

TEST_CASE("G-16 who generates keys leads to an anchor, and none is trusted for being in the package") {
  const auto stranger = CertificateBuilder("/CN=Stranger").ca().self_signed();
  const auto kga = CertificateBuilder("/CN=KGA").purposes({asn1::id_kp_cmKGA}).issued_by(stranger);
  CHECK(rule_of(opened(made_by(kga))) == "G-16");
  const auto with_root = make_key_package(generated().key, {kga.signer, {kga.certificate, stranger.certificate}},
                                          ec_holder().recipient(), environment());
  CHECK(rule_of(opened(delivered(*with_root))) == "G-16");
  CHECK(opened(made_by(kga), generated().view, nullptr));  // G-02: the secret authorises
}

TEST_CASE("G-03 EncryptedValue is refused") {
  asn1::EncryptedKey old;
  old.value.emplace<asn1::EncryptedKey::encryptedValue>().encValue.octets = bytes_of("x");
  CHECK(rule_of(opened(asn1::encode(old), generated().view, &generators().trust, {Deviation::key_package_form})) ==
        "G-03");
}

TEST_CASE("what CMS tools make is tolerated where the caller says so") {
  // As `openssl cms -sign | openssl cms -encrypt` does: the bare key as id-data, the signer by its issuer, a
  // ContentInfo, and id-data around it
  const SecretOctets pkcs8 = generated().key.pkcs8().value();
  const auto by_key_id = sign_key_package(pkcs8, generators().credential(), environment()).value();
  auto data = asn1::decode<asn1::SignedData>(by_key_id).value();
  const auto kga = CertificateView::decode(generators().kga.certificate).value();
  data.version = 1;
  data.encapContentInfo.eContentType = asn1::id_data;
  asn1::SignerInfo& info = data.signerInfos[0];
  info.version = 1;
  info.sid.value.emplace<asn1::SignerIdentifier::issuerAndSerialNumber>(
      asn1::IssuerAndSerialNumber{kga.issuer(), kga.serial()});
  const Octets type = asn1::encode(asn1::id_data);
  for (asn1::CMSAttribute& each : *info.signedAttrs)
    if (each.attrType == asn1::id_contentType) each.attrValues[0].tlv = type;
  const Octets signed_part = asn1::encode(*info.signedAttrs);
  const std::array<Bytes, 1> pieces = {signed_part};
  const Octets signature = generators().kga.signer->sign(pieces).value();
  info.signature = signature;
  const Octets inner = asn1::encode(data);
  const Octets wrapped = asn1::encode(asn1::ContentInfo{asn1::id_signedData, asn1::Any{inner}});
  const Octets sealed = seal(wrapped, ec_holder().recipient(), environment()).value();
  auto envelope = asn1::decode<asn1::EnvelopedData>(sealed).value();
  envelope.encryptedContentInfo.contentType = asn1::id_data;
  const Octets encrypted = delivered(asn1::encode(envelope));

  CHECK(rule_of(opened(encrypted)) == "G-05");
  const auto key = opened(encrypted, generated().view, &generators().trust, {Deviation::key_package_form});
  REQUIRE(key);
  CHECK(same_octets(*key, pkcs8));
  // ... but not who signed
  const auto stranger = CertificateBuilder("/CN=Stranger").ca().self_signed();
  const auto trust = TrustStore::make(botan_crypto(), {stranger.certificate}).value();
  CHECK_FALSE(opened(encrypted, generated().view, &trust, {Deviation::key_package_form}));
}
