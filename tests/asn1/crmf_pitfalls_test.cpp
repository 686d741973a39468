// Encodings of CRMF (RFC 4211) and PKCS #10 that are easily got wrong, by their numbers in the list of pitfalls.
#include "cmpkit/asn1/oids.h"
#include "cmpkit/asn1/pkimessage.h"
#include "tests/asn1/der.h"

using namespace cmpkit;
using namespace cmpkit::asn1;
using namespace cmpkit::test;

namespace {

const std::string ed25519_key = "30{06 03 2B 65 70} 03 02 00 01";
const std::string utc = "17 0D 32 36 30 31 30 31 30 30 30 30 30 30 5A";
const std::string general = "18 0F 32 30 35 30 30 31 30 31 30 30 30 30 30 30 5A";

}  // namespace

TEST_CASE("6. CertTemplate: all tags IMPLICIT but those of names and times") {
  const auto all = accept<CertTemplate>("30{80 01 02 81 01 05 A2{06 03 2B 65 70} A3{" + cn_x + "} A4{A0{" + utc +
                                        "} A1{" + general + "}} A5{" + cn_x + "} A6{" + ed25519_key +
                                        "} 87 02 00 01 88 02 00 02 A9{30{06 03 55 1D 0F 04 00}}}");
  CHECK(all->version == Version::v3);
  CHECK(hex(all->serialNumber->octets) == "05");
  CHECK(all->signingAlg->algorithm == id_Ed25519);
  CHECK(hex(all->issuer->tlv) == octets_of(cn_x));
  CHECK(all->validity->notBefore->value.index() == Time::utcTime);
  CHECK(all->validity->notAfter->value.index() == Time::generalTime);
  CHECK(hex(all->subject->tlv) == octets_of(cn_x));
  CHECK(hex(all->issuerUID->octets) == "01");
  CHECK(hex(all->subjectUID->octets) == "02");
  CHECK(all->extensions->front().extnID == id_ce_keyUsage);
  // For key and POP the SubjectPublicKeyInfo stands by itself, with its SEQUENCE tag.
  CHECK(encoded(*all->publicKey) == octets_of("30{" + ed25519_key + "}"));
  CHECK(refusal<CertTemplate>("30{A6{30{" + ed25519_key + "}}}") ==
        "publicKey.algorithm.algorithm: expected OBJECT IDENTIFIER, found SEQUENCE at offset 6");
  CHECK(refusal<CertTemplate>("30{A4{80 01 00}}") == "validity: expected no further field, found [0] at offset 4");
}

TEST_CASE("7. a zero-length subjectPublicKey still counts its unused bits") {
  const auto empty = accept<CertTemplate>("30{A6 0A 30 05 06 03 2B 65 70 03 01 00}");
  CHECK(empty->publicKey->subjectPublicKey.octets.empty());
  CHECK(refusal<SubjectPublicKeyInfo>("30{30{06 03 2B 65 70} 03 00}") ==
        "subjectPublicKey: expected a BIT STRING with 0 to 7 unused bits, found another count at offset 11");
}

TEST_CASE("8. ProofOfPossession: raVerified and signature IMPLICIT, the two POPOPrivKey EXPLICIT") {
  CHECK(accept<ProofOfPossession>("80 00")->type() == ProofOfPossession::raVerified);
  CHECK(accept<ProofOfPossession>("A1{" + ecdsa_sha256 + " 03 02 00 01}")->type() == ProofOfPossession::signature);
  const auto later = accept<ProofOfPossession>("A2 03 81 01 01");
  const auto& method = std::get<ProofOfPossession::keyEncipherment>(later->value);
  CHECK(std::get<POPOPrivKey::subsequentMessage>(method.value) == SubsequentMessage::challengeResp);
  accept<ProofOfPossession>("A2{80 02 00 01}");  // thisMessage
  accept<ProofOfPossession>("A3{82 02 00 01}");  // dhMAC
  const auto mac = accept<ProofOfPossession>("A3{A3{" + sha256 + " 03 02 00 01}}");
  CHECK(std::get<ProofOfPossession::keyAgreement>(mac->value).value.index() == POPOPrivKey::agreeMAC);
  accept<ProofOfPossession>("A2{A4{02 01 00 31{A3{02 01 00 " + aes256_wrap + " 04 01 01}} 30{06 01 2A " + aes256_wrap +
                            "}}}");
  CHECK(refusal<ProofOfPossession>("A2{02 01 00}") ==
        "keyEncipherment: expected POPOPrivKey, found INTEGER at offset 2");
  CHECK(refusal<ProofOfPossession>("A0{05 00}") == "expected ProofOfPossession, found [0] at offset 0");
}

TEST_CASE("9. poposkInput is IMPLICIT, sender in it EXPLICIT; what is signed has the SEQUENCE tag") {
  const std::string input = "A0{A4{" + cn_x + "}} 30{" + ed25519_key + "}";
  const auto popo = accept<POPOSigningKey>("30{A0{" + input + "} " + ecdsa_sha256 + " 03 02 00 01}");
  CHECK(popo->poposkInput->authInfo.value.index() == AuthInfo::sender);
  CHECK(encoded(*popo->poposkInput) == octets_of("30{" + input + "}"));
  const auto with_mac = accept<POPOSigningKeyInput>("30{30{" + sha256 + " 03 02 00 01} 30{" + ed25519_key + "}}");
  CHECK(with_mac->authInfo.value.index() == AuthInfo::publicKeyMAC);
}

TEST_CASE("10. proof of possession covers the received octets of the CertRequest") {
  const auto message = accept<CertReqMsg>("30{30{02 01 00 30{A5 02 30 00}} 80 00 30{30{06 01 2A 05 00}}}");
  CHECK(hex(message->certReq.octets) == "30 09 02 01 00 30 04 A5 02 30 00");
  CHECK(message->popo->type() == ProofOfPossession::raVerified);
  CHECK(message->regInfo->size() == 1);
  const auto bare = accept<CertReqMsg>("30{30{02 01 00 30{}} 30{30{06 01 2A 05 00}}}");  // regInfo without popo
  CHECK_FALSE(bare->popo);
  CHECK(bare->regInfo);
}

TEST_CASE("26. templates may hold names and values of zero length") {
  accept<CertTemplate>("30{A3 02 30 00 A5 02 30 00}");
  accept<CertTemplate>("30{A5{30{31{30{06 03 55 04 03 0C 00}}}}}");
  accept<CertTemplate>("30{A9{30{06 03 55 1D 11 04{30{87 00}}}}}");  // an iPAddress of no octets
  accept<CertTemplate>("30{A9{30{06 03 55 1D 25 04 02 30 00}}}");    // an extKeyUsage without any
  accept<CertTemplate>("30{A9{30{06 03 55 1D 0F 04 00}}}");
  accept<GeneralName>("87 00");
}

TEST_CASE("27. a control has one value, not a SET") {
  const auto controls = accept<Controls>("30{30{06 09 2B 06 01 05 05 07 05 01 01 0C 01 78}}");
  CHECK(controls->front().type == id_regCtrl_regToken);
  CHECK(decode<RegToken>(controls->front().value.tlv)->text == "x");
}

TEST_CASE("35. PKIArchiveOptions: EXPLICIT around EncryptedKey, IMPLICIT else") {
  accept<PKIArchiveOptions>("A0{A0{02 01 00 31{A3{02 01 00 " + aes256_wrap + " 04 01 01}} 30{06 01 2A " + aes256_wrap +
                            "}}}");
  CHECK(hex(std::get<PKIArchiveOptions::keyGenParameters>(accept<PKIArchiveOptions>("81 01 07")->value)) == "07");
  CHECK(std::get<PKIArchiveOptions::archiveRemGenPrivKey>(accept<PKIArchiveOptions>("82 01 FF")->value));
  CHECK_FALSE(std::get<PKIArchiveOptions::archiveRemGenPrivKey>(accept<PKIArchiveOptions>("82 01 00")->value));
}

TEST_CASE("the other values of controls and regInfo") {
  const auto info = accept<PKIPublicationInfo>("30{02 01 01 30{30{02 01 03 86 01 78} 30{02 01 00}}}");
  CHECK(info->pubInfos->front().pubMethod == PublicationMethod::ldap);
  CHECK_FALSE(info->pubInfos->back().pubLocation);
  accept<ProtocolEncrKey>("30{" + ed25519_key + "}");
  accept<OldCertId>("30{A4{" + cn_x + "} 02 01 05}");
  accept<CertReq>("30{02 01 00 30{}}");
  const auto all =
      accept<EncryptedValue>("30{A0{06 01 2A} A1{06 01 2A} 82 02 00 01 A3{06 01 2A} 84 01 01 03 02 00 02}");
  CHECK(hex(all->encSymmKey->octets) == "01");
  const std::string key = "30{02 01 00 30{06 03 2B 65 70} 04 01 01}";
  CHECK_FALSE(accept<EncKeyWithID>("30{" + key + "}")->identifier);
  CHECK(accept<EncKeyWithID>("30{" + key + "0C 01 78}")->identifier->value.index() == KeyIdentity::string);
  CHECK(accept<EncKeyWithID>("30{" + key + "82 01 78}")->identifier->value.index() == KeyIdentity::generalName);
}

TEST_CASE("attributes of a PKCS #10 request are there even if empty") {
  const std::string start = "02 01 00 " + cn_x + " 30{" + ed25519_key + "}";
  accept<CertificationRequestInfo>("30{" + start + " A0 00}");
  const auto request = accept<CertificationRequest>(
      "30{30{" + start + " A0{30{06 09 2A 86 48 86 F7 0D 01 09 0E 31{30{30{06 03 55 1D 0F 04 00}}}}}} " + ecdsa_sha256 +
      " 03 02 00 01}");
  const CertificationRequestInfo& info = request->certificationRequestInfo;
  CHECK(hex(info.octets) == encoded(info));
  const auto extensions = decode<ExtensionRequest>(info.attributes.front().values.front().tlv);
  REQUIRE(extensions);
  CHECK(extensions->front().extnID == id_ce_keyUsage);
}

TEST_CASE("attribute values and templates of requests") {
  CHECK(accept<UnstructuredName>("16 01 78")->value.index() == UnstructuredName::ia5String);
  CHECK(accept<UnstructuredName>("0C 01 78")->value.index() == UnstructuredName::directoryString);
  accept<ChallengePassword>("13 01 78");
  accept<PrivateKeyPossessionStatement>("30{30{" + cn_x + " 02 01 05}}");
  accept<RequesterCertificate>("30{30{" + cn_x + " 02 01 05} 02 04 65 00 00 00 16 01 78 03 02 00 01}");
  CHECK(accept<CsrAttrs>("30{06 01 2A 30{06 01 2A 31{05 00}}}")->size() == 2);
  const auto info = accept<CertificationRequestInfoTemplate>(
      "30{02 01 00 30{31{30{06 03 55 04 03}}} A0{30{06 03 2B 65 70}} A1{30{06 01 2A 31{05 00}}}}");
  CHECK_FALSE(info->subject->front().front().value);
  CHECK_FALSE(info->subjectPKInfo->subjectPublicKey);
  accept<ExtensionReqTemplate>("30{30{06 03 55 1D 0F 01 01 FF} 30{06 03 55 1D 11 04 00}}");
}

TEST_CASE("a template for requests and its key specifications") {
  const auto content =
      accept<CertReqTemplateContent>("30{30{A5 02 30 00} 30{30 0F 06 09 2B 06 01 05 05 07 05 01 0C 02 02 08 00}}");
  CHECK(decode<std::int64_t>(content->keySpec->front().value.tlv) == 2048);
}
