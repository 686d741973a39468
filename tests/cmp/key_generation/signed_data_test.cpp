// SignedData around a key package (RFC 9483 Section 4.1.6): G-04.
#include "cmp/key_generation/signed_data.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <functional>

#include "cmpkit/asn1/oids.h"
#include "tests/cmp/key_generation/support/keys.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using namespace cmpkit::cmp::test;
using asn1::SignedData;
using asn1::SignerInfo;

namespace {

const Octets content{0x30, 0x03, 0x02, 0x01, 0x05};

Octets signed_content() {
  const auto signed_data = sign_key_package(content, generators().credential(), environment()).value();
  return {signed_data.begin(), signed_data.end()};
}

using Edit = std::function<void(SignedData&)>;

/// With the change made; `sign` makes a fresh signature over the attributes.
Octets edited(const Edit& edit, bool sign) {
  const Octets original = signed_content();
  auto data = asn1::decode<SignedData>(original).value();
  edit(data);
  Octets signature;
  if (sign) {
    const Octets signed_part = asn1::encode(*data.signerInfos[0].signedAttrs);
    const std::array<Bytes, 1> pieces = {signed_part};
    signature = generators().kga.signer->sign(pieces).value();
    data.signerInfos[0].signature = signature;
  }
  return asn1::encode(data);
}

struct Row {
  std::string what;
  bool sign;  // again, so that the change is all that is wrong
  Edit edit;
};

}  // namespace

TEST_CASE("G-04 a key package is signed as RFC 9483 has it") {
  const std::string type = GENERATE("ec:P-256", "ec:P-384", "rsa:2048", "ed25519", "ed448", "ml-dsa-44");
  CAPTURE(type);
  const auto kga = CertificateBuilder("/CN=KGA").key(type).issued_by(generators().root);
  const SignatureCredential credential{kga.signer, {kga.certificate, generators().root.certificate}};
  const auto der = sign_key_package(content, credential, environment()).value();
  const auto package = verify_key_package(der, PackageForm::strict, environment());
  INFO(rule_of(package) << (package ? "" : package.error().text));
  REQUIRE(package);
  CHECK(same_octets(package->content, content));
  CHECK(same_octets(package->signer.octets(), kga.certificate));
  REQUIRE(package->certificates.size() == 2);
  CHECK(same_octets(package->certificates[0].tlv, kga.certificate));  // first, whatever its octets
}

TEST_CASE("G-04 the form of SignedData") {
  const Octets der = signed_content();
  const auto data = asn1::decode<SignedData>(der).value();
  CHECK(data.version == 3);
  CHECK(data.digestAlgorithms.size() == 1);
  CHECK(data.encapContentInfo.eContentType == asn1::id_ct_KP_aKeyPackage);
  REQUIRE(data.signerInfos.size() == 1);
  CHECK(data.signerInfos[0].version == 3);
  CHECK(data.signerInfos[0].sid.value.index() == asn1::SignerIdentifier::subjectKeyIdentifier);
  CHECK(data.signerInfos[0].signedAttrs->size() == 2);
}

TEST_CASE("G-04 what is wrong with SignedData is refused") {
  const auto row = GENERATE(values<Row>({
      {"version", false, [](auto& d) { d.version = 1; }},
      {"digests", false, [](auto& d) { d.digestAlgorithms.push_back(identifier_of(Digest::sha512)); }},
      {"digest", false, [](auto& d) { d.digestAlgorithms[0] = identifier_of(Digest::sha512); }},
      {"content type", false, [](auto& d) { d.encapContentInfo.eContentType = asn1::id_data; }},
      {"no content", false, [](auto& d) { d.encapContentInfo.eContent.reset(); }},
      {"other content", false, [](auto& d) { d.encapContentInfo.eContent = bytes_of("other"); }},
      {"no signer", false, [](auto& d) { d.signerInfos.clear(); }},
      {"two signers", false, [](auto& d) { d.signerInfos.push_back(d.signerInfos[0]); }},
      {"version of the signer", false, [](auto& d) { d.signerInfos[0].version = 1; }},
      {"no attributes", false, [](auto& d) { d.signerInfos[0].signedAttrs.reset(); }},
      {"no certificates", false, [](auto& d) { d.certificates.reset(); }},
      {"other signer", false,
       [](auto& d) { d.signerInfos[0].sid.value.template emplace<1>(generators().root.certificate); }},
      {"other signature", false, [](auto& d) { d.signerInfos[0].signature = bytes_of("signature"); }},
      {"digest of the signer", true,
       [](auto& d) {
         d.digestAlgorithms[0] = identifier_of(Digest::sha512);
         d.signerInfos[0].digestAlgorithm = identifier_of(Digest::sha512);
       }},
      {"attribute missing", true, [](auto& d) { d.signerInfos[0].signedAttrs->pop_back(); }},
      {"attribute twice", true,
       [](auto& d) {
         auto& attributes = *d.signerInfos[0].signedAttrs;
         attributes.push_back(attributes[0]);
       }},
      {"attribute of two values", true,
       [](auto& d) {
         auto& values = d.signerInfos[0].signedAttrs->front().attrValues;
         values.push_back(values[0]);
       }},
      {"signature algorithm", false,
       [](auto& d) { d.signerInfos[0].signatureAlgorithm = {asn1::rsaEncryption, asn1::null_value}; }},
  }));
  CAPTURE(row.what);
  CHECK(rule_of(verify_key_package(edited(row.edit, row.sign), PackageForm::strict, environment())) == "G-04");
}

TEST_CASE("further attributes do no harm (G-17)") {
  const Octets der = edited(
      [](auto& d) {
        auto& more = d.signerInfos[0].signedAttrs->emplace_back();
        more.attrType = asn1::id_signingTime;
        more.attrValues.push_back({asn1::null_value});
      },
      true);
  CHECK(verify_key_package(der, PackageForm::strict, environment()));
}

TEST_CASE("G-03 what is no SignedData is refused, D-7 a ContentInfo is tolerated") {
  CHECK(rule_of(verify_key_package(content, PackageForm::strict, environment())) == "G-03");
  const Octets inner = signed_content();
  const Octets wrapped = asn1::encode(asn1::ContentInfo{asn1::id_signedData, asn1::Any{inner}});
  CHECK(rule_of(verify_key_package(wrapped, PackageForm::strict, environment())) == "G-03");
  const auto tolerated = verify_key_package(wrapped, PackageForm::tolerant, environment());
  REQUIRE(tolerated);
  CHECK(same_octets(tolerated->content, content));
}

TEST_CASE("a certificate without subjectKeyIdentifier cannot sign key packages (G-04)") {
  const auto kga = CertificateBuilder("/CN=KGA").without_key_ids().issued_by(generators().root);
  CHECK_FALSE(sign_key_package(content, {kga.signer, {kga.certificate}}, environment()));
}
