// Encodings of CMP (RFC 9810) that are easily got wrong, by their numbers in the list of pitfalls.
#include "cmpkit/asn1/algorithms.h"
#include "cmpkit/asn1/pkimessage.h"
#include "tests/asn1/der.h"

using namespace cmpkit;
using namespace cmpkit::asn1;
using namespace cmpkit::test;

namespace {

const std::string certificate = "30{30{05 00} " + sha256 + " 03 01 00}";  // looks like one from outside
const std::string enveloped = "02 01 02 31{A3{02 01 00 " + aes256_wrap + " 04 01 01}} 30{06 01 2A " + aes256_wrap + "}";

}  // namespace

TEST_CASE("1. alternatives of PKIBody are EXPLICIT") {
  CHECK(accept<PKIBody>("B3 02 05 00")->type() == PKIBody::pkiconf);
  CHECK(accept<PKIBody>("B8 02 30 00")->type() == PKIBody::certConf);
  CHECK(accept<PKIBody>("B9{30{30{02 01 00}}}")->type() == PKIBody::pollReq);
  CHECK(refusal<PKIBody>("93 00") == "expected PKIBody, found [19] at offset 0");
  CHECK(refusal<PKIBody>("B3 00") == "pkiconf: expected NULL, found the end at offset 2");
}

TEST_CASE("2. tagged fields of the header and the message are EXPLICIT") {
  const std::string start = "02 01 02 A4 02 30 00 A4 02 30 00";
  const auto header = accept<PKIHeader>(
      "30{" + start + "A0{18 0F 32 30 32 36 31 31 32 32 30 37 30 34 32 35 5A} A1{" + ecdsa_sha256 + "}" +
      "A2{04 01 01} A3{04 01 02} A4{04 01 03} A5{04 01 04} A6{04 01 05} A7{30{0C 01 78}} A8{30{30{06 01 2A}}}}");
  CHECK(hex(*header->senderKID) == "01");
  CHECK(hex(*header->recipKID) == "02");
  CHECK(hex(*header->transactionID) == "03");
  CHECK(hex(*header->senderNonce) == "04");
  CHECK(hex(*header->recipNonce) == "05");
  CHECK(header->freeText->front().text == "x");
  CHECK_FALSE(header->generalInfo->front().infoValue);
  CHECK(refusal<PKIHeader>("30{" + start + "84 01 03}") == "expected no further field, found [4] at offset 13");
  accept<PKIMessage>("30{30{" + start + "} B3 02 05 00 A0{03 01 00} A1{30{" + certificate + "}}}");
  CHECK(refusal<PKIMessage>("30{30{" + start + "} B3 02 05 00 80 01 00}") ==
        "expected no further field, found [0] at offset 19");
}

TEST_CASE("3. CMPCertificate is the Certificate itself; under CertOrEncCert it has [0]") {
  CHECK(hex(accept<CMPCertificate>(certificate)->tlv) == octets_of(certificate));
  const auto value = accept<CertOrEncCert>("A0{" + certificate + "}");
  CHECK(hex(std::get<CertOrEncCert::certificate>(value->value).tlv) == octets_of(certificate));
}

TEST_CASE("4. EncryptedKey: EXPLICIT around the CHOICE, IMPLICIT around EnvelopedData") {
  const auto encrypted = accept<CertOrEncCert>("A1{A0{" + enveloped + "}}");
  CHECK(std::get<CertOrEncCert::encryptedCert>(encrypted->value).value.index() == EncryptedKey::envelopedData);
  accept<CertOrEncCert>("A1{30{03 01 00}}");  // encryptedValue
  const auto pair = accept<CertifiedKeyPair>("30{A0{" + certificate + "} A0{A0{" + enveloped + "}} A1{30{02 01 01}}}");
  CHECK(pair->privateKey->value.index() == EncryptedKey::envelopedData);
  CHECK(pair->publicationInfo->action == PublicationAction::pleasePublish);
  accept<RevPassphraseValue>("A0{" + enveloped + "}");
  CHECK(refusal<CertOrEncCert>("A1{A0{30{" + enveloped + "}}}") ==
        "encryptedCert.envelopedData.version: expected INTEGER, found SEQUENCE at offset 4");
}

TEST_CASE("5. an EnvelopedData with [0] becomes one by itself with the SEQUENCE tag") {
  const auto key = accept<EncryptedKey>("A0{" + enveloped + "}");
  CHECK(encoded(std::get<EncryptedKey::envelopedData>(key->value)) == octets_of("30{" + enveloped + "}"));
}

TEST_CASE("12. PKIFailureInfo counts from the most significant bit and drops trailing zeros") {
  const auto info = [](unsigned bit) {
    PKIFailureInfo out;
    out.set(bit);
    return encoded(out);
  };
  CHECK(info(PKIFailureInfo::badAlg) == "03 02 07 80");
  CHECK(info(PKIFailureInfo::badRequest) == "03 02 05 20");
  CHECK(info(PKIFailureInfo::badPOP) == "03 03 06 00 40");
  CHECK(info(PKIFailureInfo::notAuthorized) == "03 04 00 00 00 01");
  CHECK(info(PKIFailureInfo::systemUnavail) == "03 05 07 00 00 00 80");
  CHECK(info(PKIFailureInfo::duplicateCertReq) == "03 05 05 00 00 00 20");
  CHECK(accept<PKIFailureInfo>("03 03 06 00 40")->has(PKIFailureInfo::badPOP));
  CHECK(encoded(PKIFailureInfo{}) == "03 01 00");
  CHECK(accept<PKIFailureInfo>("03 05 00 20 00 00 01")->has(31));  // above those with names: kept
}

TEST_CASE("13. PKIFreeText is a SEQUENCE of UTF8Strings, never a bare one") {
  CHECK(accept<PKIFreeText>("30{0C 01 78}")->front().text == "x");
  CHECK(refusal<PKIFreeText>("0C 01 78") == "expected SEQUENCE, found UTF8String at offset 0");
  accept<KemOtherInfo>("30{30 09 0C 07 43 4D 50 2D 4B 45 4D 04 01 01 A0{04 01 02}}");
}

TEST_CASE("14. confirmWaitTime and the times of announcements are GeneralizedTime, those of CRLStatus Time") {
  const std::string utc = "17 0D 32 36 30 31 30 31 30 30 30 30 30 30 5A";
  const std::string general = "18 0F 32 30 32 36 30 31 30 31 30 30 30 30 30 30 5A";
  accept<ConfirmWaitTimeValue>(general);
  CHECK(refusal<ConfirmWaitTimeValue>(utc) == "expected GeneralizedTime, found UTCTime at offset 0");
  accept<RevAnnContent>("30{02 01 04 30{A4 02 30 00 02 01 01} " + general + general + "}");
  CHECK(refusal<RevAnnContent>("30{02 01 04 30{A4 02 30 00 02 01 01} " + utc + general + "}") ==
        "willBeRevokedAt: expected GeneralizedTime, found UTCTime at offset 14");
  const auto status = accept<CRLStatus>("30{A1{30{82 01 78}} " + utc + "}");
  CHECK(status->thisUpdate->value.index() == Time::utcTime);
}

TEST_CASE("15. polling contents are SEQUENCEs of SEQUENCEs, and certReqId may be -1") {
  CHECK(accept<PollReqContent>("30{30{02 01 FF}}")->front().certReqId == -1);
  CHECK(refusal<PollReqContent>("30{02 01 FF}") == "[0]: expected SEQUENCE, found INTEGER at offset 2");
  const auto answer = accept<PollRepContent>("30{30{02 01 00 02 01 3C 30{0C 01 78}}}");
  CHECK(answer->front().checkAfter == 60);
  CHECK(answer->front().reason->front().text == "x");
}

TEST_CASE("17. an infoValue may be absent; implicitConfirm has NULL") {
  CHECK_FALSE(accept<InfoTypeAndValue>("30{06 08 2B 06 01 05 05 07 04 11}")->infoValue);
  const auto confirm = accept<InfoTypeAndValue>("30 0C 06 08 2B 06 01 05 05 07 04 0D 05 00");
  CHECK(confirm->infoType == id_it_implicitConfirm);
  CHECK(hex(confirm->infoValue->tlv) == "05 00");
}

TEST_CASE("18. CRLSource: dpn is EXPLICIT around implicit alternatives, issuer EXPLICIT around GeneralNames") {
  const auto full = accept<CRLSource>("A0{A0{86 01 78}}");
  CHECK(std::get<CRLSource::dpn>(full->value).value.index() == DistributionPointName::fullName);
  const auto relative = accept<CRLSource>("A0{A1{30{06 03 55 04 03 0C 01 78}}}");
  CHECK(std::get<CRLSource::dpn>(relative->value).value.index() == DistributionPointName::nameRelativeToCRLIssuer);
  const auto issuer = accept<CRLSource>("A1{30{A4{" + cn_x + "}}}");
  CHECK(std::get<CRLSource::issuer>(issuer->value).front().type() == GeneralName::directoryName);
}

TEST_CASE("19. crlEntryDetails is a plain SEQUENCE behind the template") {
  const auto details = accept<RevDetails>("30{30{81 01 05} 30{30{06 03 55 1D 15 04 03 0A 01 01}}}");
  const Extension* reason = find_extension(details->crlEntryDetails, id_ce_cRLReasons);
  REQUIRE(reason);
  const auto value = decode<CRLReason>(reason->extnValue);
  REQUIRE(value);
  CHECK(value->value == CRLReason::keyCompromise);
  CHECK_FALSE(accept<RevDetails>("30{30{}}")->crlEntryDetails);
}

TEST_CASE("20. the tagged fields of KEM types are EXPLICIT") {
  const auto parameters = accept<KemBMParameter>("30{" + sha256 + " A0{04 01 07} 02 01 20 " + sha256 + "}");
  CHECK(hex(*parameters->kemContext) == "07");
  CHECK(parameters->len == 32);
  CHECK(refusal<KemBMParameter>("30{" + sha256 + " 80 01 07 02 01 20 " + sha256 + "}") ==
        "len: expected INTEGER, found [0] at offset 15");
}

TEST_CASE("21. CertStatus.hashAlg is EXPLICIT") {
  const auto status = accept<CertStatus>("30{04 01 01 02 01 00 30{02 01 00} A0{" + sha256 + "}}");
  CHECK(status->hashAlg->algorithm == id_sha256);
  CHECK(refusal<CertStatus>("30{04 01 01 02 01 00 A0{06 09 60 86 48 01 65 03 04 02 01}}") ==
        "hashAlg: expected SEQUENCE, found OBJECT IDENTIFIER at offset 10");
}

TEST_CASE("28. the issuer of a CertId is a GeneralName") {
  accept<CertId>("30{A4{" + cn_x + "} 02 01 05}");
  CHECK(refusal<CertId>("30{" + cn_x + " 02 01 05}") == "issuer: expected GeneralName, found SEQUENCE at offset 2");
  const auto content =
      accept<RevRepContent>("30{30{30{02 01 00}} A0{30{30{A4{" + cn_x + "} 02 01 05}}} A1{30{" + certificate + "}}}");
  CHECK(content->revCerts->size() == 1);
  CHECK(content->crls->size() == 1);
}

TEST_CASE("29. origPKIMessage is a SEQUENCE of messages, also of one") {
  const std::string message = "30{30{02 01 02 A4 02 30 00 A4 02 30 00} B3 02 05 00}";
  CHECK(accept<OrigPKIMessageValue>("30{" + message + "}")->size() == 1);
  CHECK(refusal<OrigPKIMessageValue>(message) == "[0].header: expected SEQUENCE, found INTEGER at offset 4");
}

TEST_CASE("31. the NULL-DN as a GeneralName") {
  const auto name = accept<GeneralName>("A4 02 30 00");
  REQUIRE(name->directory_name());
  CHECK(*name->directory_name() == null_dn);
}

TEST_CASE("32. CAKeyUpdContent: the announcement of old is untagged, the new has [0]") {
  const std::string three = certificate + certificate + certificate;
  CHECK(accept<CAKeyUpdContent>("30{" + three + "}")->value.index() == CAKeyUpdContent::cAKeyUpdAnnV2);
  CHECK(accept<CAKeyUpdContent>("A0{30{" + certificate + "}}")->value.index() == CAKeyUpdContent::cAKeyUpdAnnV3);
}

TEST_CASE("33. the tagged fields of key recovery, root CA update and caPubs are EXPLICIT") {
  const auto recovery = accept<KeyRecRepContent>("30{30{02 01 00} A0{" + certificate + "} A1{30{" + certificate +
                                                 "}} A2{30{30{A0{" + certificate + "}}}}}");
  CHECK(recovery->newSigCert);
  CHECK(recovery->caCerts->size() == 1);
  CHECK(recovery->keyPairHist->size() == 1);
  const auto update =
      accept<RootCaKeyUpdateContent>("30{" + certificate + "A0{" + certificate + "} A1{" + certificate + "}}");
  CHECK(update->newWithOld);
  CHECK(update->oldWithNew);
  CHECK(accept<CertRepMessage>("30{A1{30{" + certificate + "}} 30{}}")->caPubs->size() == 1);
}

TEST_CASE("34. no SEQUENCE of CMP takes unknown fields") {
  CHECK(refusal<PKIStatusInfo>("30{02 01 00 04 00}") == "expected no further field, found OCTET STRING at offset 5");
  CHECK(refusal<CertStatus>("30{04 00 02 01 00 A1 00}") == "expected no further field, found [1] at offset 7");
  CHECK(refusal<CertTemplate>("30{8A 00}") == "expected no further field, found [10] at offset 2");
}

TEST_CASE("36. Challenge.encryptedRand is EXPLICIT around a SEQUENCE") {
  const auto challenge = accept<Challenge>("30{" + sha256 + " 04 00 04 01 01 A0{30{" + enveloped + "}}}");
  CHECK(challenge->owf->algorithm == id_sha256);
  CHECK(challenge->encryptedRand->version == 2);
  CHECK(refusal<Challenge>("30{04 00 04 01 01 A0{" + enveloped + "}}") ==
        "encryptedRand: expected SEQUENCE, found INTEGER at offset 9");
}

TEST_CASE("40. a recipient without a certificate is the NULL-DN with certReqId") {
  const auto rid = accept<RecipientIdentifier>("30 05 30 00 02 01 00");
  CHECK(std::get<RecipientIdentifier::issuerAndSerialNumber>(rid->value).issuer == null_dn);
}

TEST_CASE("41. a challenge's plain text is a Rand") {
  const auto rand = accept<Rand>("30{02 02 00 80 A4 02 30 00}");
  CHECK(hex(rand->int_.octets) == "00 80");
}
