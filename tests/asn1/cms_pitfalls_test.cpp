// Encodings of CMS, keys and parameters that are easily got wrong, by their numbers in the list of pitfalls.
#include "cmpkit/asn1/algorithms.h"
#include "cmpkit/asn1/pkimessage.h"
#include "tests/asn1/der.h"

using namespace cmpkit;
using namespace cmpkit::asn1;
using namespace cmpkit::test;

namespace {

const std::string id_data_oid = "06 09 2A 86 48 86 F7 0D 01 07 01";
const std::string serial = "30{" + cn_x + " 02 01 05}";  // IssuerAndSerialNumber
const std::string certificate = "30{30{05 00} " + sha256 + " 03 01 00}";

template <RecipientInfo::Type T>
const auto& recipient(const Owned<RecipientInfo>& info) {
  return std::get<T>(info->value);
}

}  // namespace

TEST_CASE("20. and 39. KEMRecipientInfo comes in ori; its ukm is EXPLICIT") {
  const std::string kem =
      "30{02 01 00 80 01 09 " + sha256 + "04 01 02" + sha256 + "02 01 20 A0{04 01 07}" + aes256_wrap + "04 01 03}";
  const auto info = accept<RecipientInfo>("A4{06 0B 2A 86 48 86 F7 0D 01 09 10 0D 03 " + kem + "}");
  CHECK(recipient<RecipientInfo::ori>(info).oriType == id_ori_kem);
  const auto value = accept<KEMRecipientInfo>(hex(recipient<RecipientInfo::ori>(info).oriValue.tlv));
  CHECK(hex(*value->ukm) == "07");
  CHECK(value->kekLength == 32);
  accept<CMSORIforKEMOtherInfo>("30{" + aes256_wrap + "02 01 20 A0{04 01 07}}");
}

TEST_CASE("20. and 38. recipients: ktri untagged, the others IMPLICIT") {
  const auto ktri = accept<RecipientInfo>("30{02 01 00 " + serial + sha256 + "04 01 01}");
  CHECK(recipient<RecipientInfo::ktri>(ktri).rid.value.index() == RecipientIdentifier::issuerAndSerialNumber);
  const auto by_key = accept<RecipientInfo>("30{02 01 02 80 01 09 " + sha256 + "04 01 01}");
  CHECK(recipient<RecipientInfo::ktri>(by_key).rid.value.index() == RecipientIdentifier::subjectKeyIdentifier);

  const auto kari = accept<RecipientInfo>("A1{02 01 03 A0{A1{30{06 01 2A} 03 02 00 01}} A1{04 01 07} " + aes256_wrap +
                                          "30{30{A0{04 01 09} 04 01 02} 30{" + serial + "04 01 03}}}");
  const KeyAgreeRecipientInfo& agreed = recipient<RecipientInfo::kari>(kari);
  CHECK(agreed.originator.value.index() == OriginatorIdentifierOrKey::originatorKey);
  CHECK(hex(*agreed.ukm) == "07");
  CHECK(agreed.recipientEncryptedKeys[0].rid.value.index() == KeyAgreeRecipientIdentifier::rKeyId);
  CHECK(agreed.recipientEncryptedKeys[1].rid.value.index() == KeyAgreeRecipientIdentifier::issuerAndSerialNumber);
  // The originator's key identifier: [0] EXPLICIT around [0] IMPLICIT.
  accept<RecipientInfo>("A1{02 01 03 A0{80 01 09} " + aes256_wrap + "30{}}");

  const auto kekri = accept<RecipientInfo>(
      "A2{02 01 04 30{04 01 09 18 0F 32 30 32 36 30 31 30 31 30 30 30 30 30 30 5A 30{06 "
      "01 2A}} " +
      aes256_wrap + "04 01 02}");
  CHECK(recipient<RecipientInfo::kekri>(kekri).kekid.date);
  CHECK_FALSE(recipient<RecipientInfo::kekri>(kekri).kekid.other->keyAttr);

  const auto pwri = accept<RecipientInfo>("A3{02 01 00 A0{06 01 2A 05 00} " + aes256_wrap + "04 01 02}");
  CHECK(recipient<RecipientInfo::pwri>(pwri).keyDerivationAlgorithm->parameters);
}

TEST_CASE("22. signedAttrs are signed as a SET OF, in order") {
  const auto info = accept<SignerInfo>(
      "30{02 01 03 80 01 09 " + sha256 + "A0{" + "30{06 09 2A 86 48 86 F7 0D 01 09 04 31{04 01 01}}" +
      "30{06 09 2A 86 48 86 F7 0D 01 09 03 31{" + id_data_oid + "}}} " + ecdsa_sha256 + "04 01 01}");
  CHECK(encoded(*info->signedAttrs).starts_with("31 "));
  CHECK(encoded(*info->signedAttrs) ==
        octets_of("31{30{06 09 2A 86 48 86 F7 0D 01 09 04 31{04 01 01}} 30{06 09 2A 86 48 86 F7 0D 01 09 03 31{" +
                  id_data_oid + "}}}"));
  CHECK(refusal<SignedAttributes>("31{30{06 01 2B 31 00} 30{06 01 2A 31 00}}") ==
        "expected SET OF in ascending order, found an unordered element at offset 9");
}

TEST_CASE("22. the content of SignedData is an OCTET STRING under [0] EXPLICIT") {
  const auto data = accept<SignedData>("30{02 01 03 31{" + sha256 + "} 30{" + id_data_oid + " A0{04 02 AB CD}} A0{" +
                                       certificate + "} A1{" + certificate + "} 31{}}");
  CHECK(hex(*data->encapContentInfo.eContent) == "AB CD");
  CHECK(data->certificates->front().value.index() == CertificateChoices::certificate);
  CHECK(data->crls->front().value.index() == RevocationInfoChoice::crl);
  accept<ContentInfo>("30{06 09 2A 86 48 86 F7 0D 01 07 02 A0{30 00}}");
}

TEST_CASE("23. encryptedContent is IMPLICIT and in one piece") {
  const auto content = accept<EncryptedContentInfo>("30{" + id_data_oid + aes256_wrap + "80 02 AB CD}");
  CHECK(hex(*content->encryptedContent) == "AB CD");
  CHECK(refusal<EncryptedContentInfo>("30{" + id_data_oid + aes256_wrap + "A0{04 01 AB 04 01 CD}}") ==
        "expected no further field, found [0] at offset 26");
}

TEST_CASE("24. what is DEFAULT is written only where it differs") {
  CHECK(encoded(RsassaPssParams{}) == "30 00");
  CHECK(encoded(RsaesOaepParams{}) == "30 00");
  CHECK(encoded(KmacWithShake128Params{}) == "30 00");
  CHECK(encoded(KmacWithShake256Params{}) == "30 00");
  KmacWithShake256Params shorter;
  shorter.kMACOutputLength = 256;
  CHECK(encoded(shorter) == "30 04 02 02 01 00");
  const auto pss = accept<RsassaPssParams>("30{A0{" + sha256 + "} A1{30{06 09 2A 86 48 86 F7 0D 01 01 08 " + sha256 +
                                           "}} A2{02 01 20}}");
  CHECK(pss->hashAlgorithm.algorithm == id_sha256);
  CHECK(pss->saltLength == 32);
  CHECK(pss->trailerField == 1);
  const auto defaults = accept<RsassaPssParams>("30 00");
  CHECK(defaults->hashAlgorithm.algorithm == id_sha1);
  CHECK(defaults->maskGenAlgorithm.algorithm == id_mgf1);
  CHECK(defaults->saltLength == 20);
  CHECK(accept<RsaesOaepParams>("30 00")->pSourceFunc.algorithm == id_pSpecified);
  CHECK(accept<GCMParameters>("30{04 01 00}")->aes_ICVlen == 12);
  CHECK(accept<GCMParameters>("30{04 01 00 02 01 10}")->aes_ICVlen == 16);
  CHECK(accept<CCMParameters>("30{04 07 00 00 00 00 00 00 00}")->aes_ICVlen == 12);
  CHECK(accept<GMACParameters>("30{04 01 00}")->length == 12);
}

TEST_CASE("24. PBKDF2's prf is hmacWithSHA1 where it is absent") {
  const auto absent = accept<Pbkdf2Params>("30{04 01 01 02 02 07 D0}");
  CHECK(absent->prf.algorithm == id_hmacWithSHA1);
  CHECK_FALSE(absent->keyLength);
  const auto given = accept<Pbkdf2Params>("30{04 01 01 02 02 07 D0 02 01 20 30{06 08 2A 86 48 86 F7 0D 02 09 05 00}}");
  CHECK(given->keyLength == 32);
  CHECK(given->prf.algorithm == id_hmacWithSHA256);
  CHECK(accept<Pbkdf2Params>("30{" + sha256 + "02 01 01}")->salt.value.index() == Pbkdf2Salt::otherSource);
}

TEST_CASE("37. OneAsymmetricKey: attributes and publicKey IMPLICIT") {
  const auto key = accept<OneAsymmetricKey>(
      "30{02 01 01 30{06 03 2B 65 70} 04{04 02 AB CD} A0{30{06 01 2A 31{05 00}}} 81 03 00 "
      "AB CD}");
  CHECK(key->version == Version::v2);
  CHECK(hex(*accept<CurvePrivateKey>(hex(key->privateKey))) == "AB CD");  // an OCTET STRING within the OCTET STRING
  CHECK(hex(key->publicKey->octets) == "AB CD");
  CHECK(accept<MLPrivateKey>("80 02 AB CD")->value.index() == MLPrivateKey::seed);
  CHECK(accept<MLPrivateKey>("04 02 AB CD")->value.index() == MLPrivateKey::expandedKey);
  CHECK(accept<MLPrivateKey>("30{04 01 AB 04 01 CD}")->value.index() == MLPrivateKey::both);
  accept<AsymmetricKeyPackage>("30{30{02 01 00 30{06 03 2B 65 70} 04 00}}");
  accept<EncryptedPrivateKeyInfo>("30{" + sha256 + "04 01 01}");
}

TEST_CASE("37. ECPrivateKey: parameters and publicKey EXPLICIT") {
  const auto key = accept<ECPrivateKey>("30{02 01 01 04 01 07 A0{06 08 2A 86 48 CE 3D 03 01 07} A1{03 02 00 04}}");
  CHECK(std::get<ECParameters::namedCurve>(key->parameters->value) == secp256r1);
  CHECK(hex(key->publicKey->octets) == "04");
}

TEST_CASE("48. absent and NULL parameters are not the same octets") {
  CHECK_FALSE(accept<AlgorithmIdentifier>(sha256)->parameters);
  const auto with_null = accept<AlgorithmIdentifier>("30{06 09 60 86 48 01 65 03 04 02 01 05 00}");
  CHECK(hex(with_null->parameters->tlv) == "05 00");
}

TEST_CASE("49. RSA keys and ECDSA signatures are DER within the BIT STRING") {
  CHECK(hex(accept<RSAPublicKey>("30{02 02 00 C1 02 03 01 00 01}")->modulus.octets) == "00 C1");
  CHECK(hex(accept<EcdsaSigValue>("30{02 02 00 80 02 01 7F}")->r.octets) == "00 80");
  accept<RSAPrivateKey>("30{02 01 00 02 01 01 02 01 02 02 01 03 02 01 04 02 01 05 02 01 06 02 01 07 02 01 08}");
}

TEST_CASE("the other types of CMS") {
  accept<EnvelopedData>("30{02 01 04 A0{A0{A3{06 01 2A 05 00}} A1{A1{06 01 2A 05 00}}} 31{A3{02 01 00 " + aes256_wrap +
                        "04 01 01}} 30{" + id_data_oid + aes256_wrap + "} A1{30{06 01 2A 31 00}}}");
  accept<AuthEnvelopedData>("30{02 01 00 31{A3{02 01 00 " + aes256_wrap + "04 01 01}} 30{" + id_data_oid + aes256_wrap +
                            "80 01 01} A1{30{06 01 2A 31 00}} 04 01 02 A2{30{06 01 2A 31 00}}}");
  accept<CertificateSet>("31{" + certificate + " A0 00 A1 00 A2 00}");
  const auto protection = accept<CMSAlgorithmProtection>("30{" + sha256 + " A1{06 08 2A 86 48 CE 3D 04 03 02}}");
  CHECK(protection->signatureAlgorithm->algorithm == ecdsa_with_SHA256);
}

TEST_CASE("the other parameters and shared infos") {
  accept<Pbmac1Params>("30{" + sha256 + sha256 + "}");
  accept<Pbes2Params>("30{" + sha256 + sha256 + "}");
  accept<PBMParameter>("30{04 01 01 " + sha256 + "02 02 01 F4" + sha256 + "}");
  accept<DHBMParameter>("30{" + sha256 + sha256 + "}");
  accept<EccCmsSharedInfo>("30{" + aes256_wrap + "A0{04 01 07} A2 06 04 04 00 00 01 00}");
  accept<MQVuserKeyingMaterial>("30{30{30{06 01 2A} 03 01 00} A0{04 01 07}}");
  accept<OtherInfo>("30{30{06 01 2A 04 04 00 00 00 01} A0{04 01 01} A2{04 04 00 00 01 00}}");
  CHECK(refusal<OtherInfo>("30{30{06 01 2A 04 03 00 00 01} A2{04 00}}") ==
        "keyInfo.counter: expected a value in range, found one outside it at offset 7");
  accept<DhSigStatic>("30{" + serial + "04 01 01}");
  CHECK_FALSE(accept<DhSigStatic>("30{04 01 01}")->issuerAndSerial);
  accept<KemCiphertextInfo>("30{" + sha256 + "04 01 01}");
  accept<OOBCertHash>("30{A0{" + sha256 + "} A1{30{A4{" + cn_x + "} 02 01 05}} 03 02 00 01}");
}
