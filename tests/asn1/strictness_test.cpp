// What is not the one DER encoding of a value is refused, with a text that says where and what.
#include "cmpkit/asn1/algorithms.h"
#include "cmpkit/asn1/pkimessage.h"
#include "tests/asn1/der.h"

using namespace cmpkit;
using namespace cmpkit::asn1;
using namespace cmpkit::test;

TEST_CASE("lengths are definite, minimal and within what contains them") {
  CHECK(refusal<Validity>("30 80 00 00") == "expected a DER header, found an indefinite length at offset 0");
  CHECK(refusal<OctetString>("04 81 01 00") == "expected a DER header, found a length that is not minimal at offset 0");
  CHECK(refusal<OctetString>("04 82 00 80") == "expected a DER header, found a length that is not minimal at offset 0");
  CHECK(refusal<OctetString>("04 85 00 00 00 00 01 00") ==
        "expected a DER header, found a length of more than four octets at offset 0");
  CHECK(refusal<OctetString>("04 02 00") ==
        "expected a DER header, found a length beyond the end of what contains it at offset 0");
  CHECK(refusal<OctetString>("04 82 01") == "expected a DER header, found the end of the input at offset 0");
  CHECK(refusal<OctetString>("04") == "expected a DER header, found the end of the input at offset 0");
  CHECK(refusal<OctetString>("") == "expected OCTET STRING, found the end at offset 0");
  CHECK(refusal<RSAPublicKey>("30{02 01 01 02 02 01}") ==
        "publicExponent: expected a DER header, found a length beyond the end of what contains it at offset 5");
}

TEST_CASE("nothing trails a value") {
  CHECK(refusal<Null>("05 00 00") == "expected the end of the value, found trailing octets at offset 2");
  CHECK(refusal<Validity>("30{17 0D 32 36 30 31 30 31 30 30 30 30 30 30 5A 17 0D 32 36 30 31 30 31 30 30 30 30 30 30 "
                          "5A 05 00}") == "expected no further field, found NULL at offset 32");
  CHECK(refusal<PKIBody>("B3 04 05 00 05 00") ==
        "pkiconf: expected the end of the explicit tag, found trailing octets at offset 4");
}

TEST_CASE("tags above 30 are refused") {
  CHECK(refusal<Any>("1F 81 01 00") == "expected a DER header, found a tag number above 30 at offset 0");
}

TEST_CASE("BOOLEAN is 00 or FF") {
  CHECK(*accept<bool>("01 01 FF"));
  CHECK_FALSE(*accept<bool>("01 01 00"));
  for (const char* octets : {"01 01 01", "01 01 FE", "01 00", "01 02 FF FF"})
    CHECK(refusal<bool>(octets) == "expected a BOOLEAN of 00 or FF, found another at offset 2");
}

TEST_CASE("50. INTEGER is minimal two's complement") {
  CHECK(*accept<std::int64_t>("02 01 00") == 0);
  CHECK(*accept<std::int64_t>("02 01 FF") == -1);
  CHECK(*accept<std::int64_t>("02 02 00 80") == 128);
  CHECK(*accept<std::int64_t>("02 01 80") == -128);
  CHECK(*accept<std::int64_t>("02 02 FF 7F") == -129);
  CHECK(*accept<std::int64_t>("02 08 80 00 00 00 00 00 00 00") == INT64_MIN);
  CHECK(*accept<std::int64_t>("02 08 7F FF FF FF FF FF FF FF") == INT64_MAX);
  CHECK(refusal<std::int64_t>("02 00") == "expected an INTEGER, found no content at offset 2");
  for (const char* octets : {"02 02 00 7F", "02 02 FF 80", "02 02 00 00"}) {
    CHECK(refusal<std::int64_t>(octets) == "expected a minimal INTEGER, found a superfluous first octet at offset 2");
    CHECK(refusal<Integer>(octets) == "expected a minimal INTEGER, found a superfluous first octet at offset 2");
  }
  CHECK(refusal<std::int64_t>("02 09 00 80 00 00 00 00 00 00 00") ==
        "expected an INTEGER of at most 64 bits, found a longer one at offset 2");
  CHECK(accept<Integer>("02 09 00 80 00 00 00 00 00 00 00")->octets.size() == 9);
}

TEST_CASE("ENUMERATED is no INTEGER") {
  CHECK(accept<CRLReason>("0A 01 0A")->value == CRLReason::aACompromise);
  CHECK(refusal<CRLReason>("02 01 01") == "expected ENUMERATED, found INTEGER at offset 0");
  CHECK(refusal<PKIStatus>("0A 01 01") == "expected INTEGER, found ENUMERATED at offset 0");
}

TEST_CASE("BIT STRING has 0 to 7 unused bits, which are zero") {
  CHECK(accept<BitString>("03 01 00")->octets.empty());
  CHECK(accept<BitString>("03 02 07 80")->unused == 7);
  for (const char* octets : {"03 00", "03 02 08 00", "03 01 01"})
    CHECK(refusal<BitString>(octets) ==
          "expected a BIT STRING with 0 to 7 unused bits, found another count at offset 2");
  CHECK(refusal<BitString>("03 02 03 84") == "expected unused bits of zero, found others at offset 2");
}

TEST_CASE("named bits end with a one") {
  CHECK(accept<KeyUsage>("03 01 00")->bits == 0);
  CHECK(refusal<KeyUsage>("03 02 00 80") == "expected named bits without trailing zero bits, found some at offset 2");
  CHECK(refusal<KeyUsage>("03 03 00 80 00") ==
        "expected named bits without trailing zero bits, found some at offset 2");
  CHECK(refusal<KeyUsage>("03 0A 00 00 00 00 00 00 00 00 00 01") ==
        "expected at most 64 named bits, found more at offset 2");
}

TEST_CASE("NULL is empty") { CHECK(refusal<Null>("05 01 00") == "expected an empty NULL, found content at offset 2"); }

TEST_CASE("OBJECT IDENTIFIER is whole and minimal") {
  CHECK(dotted(*accept<Oid>("06 03 55 1D 0F")) == "2.5.29.15");
  CHECK(refusal<Oid>("06 00") == "expected an OBJECT IDENTIFIER, found an incomplete one at offset 2");
  CHECK(refusal<Oid>("06 02 2A 86") == "expected an OBJECT IDENTIFIER, found an incomplete one at offset 2");
  CHECK(refusal<Oid>("06 03 2A 80 01") ==
        "expected a minimal OBJECT IDENTIFIER, found a superfluous octet at offset 2");
}

TEST_CASE("strings hold the characters of their type") {
  CHECK(accept<UTF8String>("0C 0A 41 C3 A4 E2 82 AC F0 9F 98 80")->text.size() == 10);
  // overlong (two, three, four octets), surrogate, beyond U+10FFFF, lone continuation, truncated, FF
  for (const char* octets :
       {"0C 02 C0 80", "0C 03 E0 9F BF", "0C 04 F0 8F BF BF", "0C 03 ED A0 80", "0C 04 F4 90 80 80", "0C 01 80",
        "0C 02 E2 82", "0C 01 C3", "0C 01 FF", "0C 05 F8 88 80 80 80"})
    CHECK(refusal<UTF8String>(octets) == "expected UTF8String, found a character it does not have at offset 2");
  CHECK(accept<PrintableString>("13 0B 41 7A 30 20 27 28 29 2B 2C 2D 3F")->text == "Az0 '()+,-?");
  for (const char* octets : {"13 01 2A", "13 01 40", "13 01 5F", "13 01 26", "13 01 00", "13 02 C3 A4"})
    CHECK(refusal<PrintableString>(octets) ==
          "expected PrintableString, found a character it does not have at offset 2");
  CHECK(refusal<IA5String>("16 01 80") == "expected IA5String, found a character it does not have at offset 2");
  CHECK(refusal<VisibleString>("1A 01 0A") == "expected VisibleString, found a character it does not have at offset 2");
  CHECK(refusal<BMPString>("1E 01 41") == "expected BMPString, found a character it does not have at offset 2");
  CHECK(refusal<UniversalString>("1C 02 00 41") ==
        "expected UniversalString, found a character it does not have at offset 2");
  CHECK(accept<TeletexString>("14 01 E4")->text.size() == 1);
  CHECK(refusal<UTF8String>("2C 03 0C 01 41") == "expected UTF8String, found tag 2C at offset 0");  // in pieces: BER
}

namespace {

std::string utc_tlv(std::string_view text) { return "17{" + hex(bytes_of(text)) + "}"; }
std::string generalized_tlv(std::string_view text) { return "18{" + hex(bytes_of(text)) + "}"; }

}  // namespace

TEST_CASE("14. times have seconds, no fraction, no offset, and exist") {
  using namespace std::chrono;
  CHECK(accept<UTCTime>(utc_tlv("500101000000Z"))->value == sys_days{1950y / 1 / 1});
  CHECK(accept<UTCTime>(utc_tlv("491231235959Z"))->value == sys_days{2049y / 12 / 31} + 23h + 59min + 59s);
  for (const char* text : {"2601010000Z", "260101000000+0000", "260101000000", "260229000000Z", "261301000000Z",
                           "260101240000Z", "260101006000Z", "260101000060Z", "2601010000 0Z", "260001000000Z", ""})
    CHECK(refusal<UTCTime>(utc_tlv(text)) == "expected YYMMDDHHMMSSZ, found another form at offset 2");
  CHECK(accept<GeneralizedTime>(generalized_tlv("20240229120000Z"))->value == sys_days{2024y / 2 / 29} + 12h);
  CHECK(accept<GeneralizedTime>(generalized_tlv("99991231235959Z"))->value == no_expiry);
  for (const char* text : {"20260101000000.5Z", "202601010000Z", "20260101000000", "20260101000000+0100",
                           "20230229000000Z", "2026-101000000Z", "260101000000Z"})
    CHECK(refusal<GeneralizedTime>(generalized_tlv(text)) ==
          "expected YYYYMMDDHHMMSSZ, found another form at offset 2");
}

TEST_CASE("24. DEFAULT values are left out") {
  CHECK(refusal<BasicConstraints>("30 03 01 01 00") ==
        "cA: expected a DEFAULT value left out, found it encoded at offset 2");
  CHECK_FALSE(accept<BasicConstraints>("30 00")->cA);
  CHECK(refusal<Extension>("30{06 01 2A 01 01 00 04 00}") ==
        "critical: expected a DEFAULT value left out, found it encoded at offset 5");
  CHECK(refusal<IssuingDistributionPoint>("30 03 81 01 00") ==
        "onlyContainsUserCerts: expected a DEFAULT value left out, found it encoded at offset 2");
  CHECK(refusal<GCMParameters>("30 06 04 01 00 02 01 0C") ==
        "aes_ICVlen: expected a DEFAULT value left out, found it encoded at offset 5");
  CHECK(refusal<RsassaPssParams>("30{A2{02 01 14}}") ==
        "saltLength: expected a DEFAULT value left out, found it encoded at offset 2");
  CHECK(refusal<GeneralSubtree>("30{82 01 78 80 01 00}") ==
        "minimum: expected a DEFAULT value left out, found it encoded at offset 5");
}

TEST_CASE("16. lists of SIZE (1..MAX) are not empty") {
  CHECK(refusal<CertReqMessages>("30 00") == "expected at least one element, found none at offset 2");
  CHECK(refusal<PKIFreeText>("30 00") == "expected at least one element, found none at offset 2");
  CHECK(refusal<Extensions>("30 00") == "expected at least one element, found none at offset 2");
  CHECK(refusal<GeneralNames>("30 00") == "expected at least one element, found none at offset 2");
  CHECK(refusal<Controls>("30 00") == "expected at least one element, found none at offset 2");
  CHECK(refusal<PKIMessages>("30 00") == "expected at least one element, found none at offset 2");
  CHECK(refusal<CaCertsValue>("30 00") == "expected at least one element, found none at offset 2");
  CHECK(refusal<Name>("30 02 31 00") == "[0]: expected at least one element, found none at offset 4");
  CHECK(refusal<Attribute>("30{06 01 2A 31 00}") == "values: expected at least one element, found none at offset 7");
  CHECK(refusal<CertRepMessage>("30{A1{30 00} 30 00}") ==
        "caPubs: expected at least one element, found none at offset 6");
  CHECK(refusal<RevRepContent>("30 02 30 00") == "status: expected at least one element, found none at offset 4");
  // Those that may be empty.
  accept<GenMsgContent>("30 00");
  accept<CertConfirmContent>("30 00");
  accept<CertRepMessage>("30 02 30 00");
  accept<RevReqContent>("30 00");
  accept<POPODecKeyChallContent>("30 00");
  accept<POPODecKeyRespContent>("30 00");
  accept<PollReqContent>("30 00");
  accept<PollRepContent>("30 00");
  accept<CRLAnnContent>("30 00");
  accept<SuppLangTagsValue>("30 00");
  accept<Name>("30 00");
}

TEST_CASE("47. SET OF is in the order of the encodings") {
  const std::string a = "30{06 03 55 04 03 0C 01 61}", b = "30{06 03 55 04 03 0C 01 62}";
  accept<Name>("30{31{" + a + b + "}}");
  CHECK(refusal<Name>("30{31{" + b + a + "}}") ==
        "[0]: expected SET OF in ascending order, found an unordered element at offset 14");
  SetOf<Any> unsorted{any<"02 01 05">, any<"01 01 FF">, any<"02 01 04">};
  CHECK(encoded(CMSAttribute{oid<"1.2">, unsorted}) == octets_of("30{06 01 2A 31{01 01 FF 02 01 04 02 01 05}}"));
}

TEST_CASE("numbers and sizes are within their range") {
  CHECK(refusal<KemBMParameter>("30{" + sha256 + " 02 01 00 " + sha256 + "}") ==
        "len: expected a value in range, found one outside it at offset 15");
  CHECK(refusal<BasicConstraints>("30{01 01 FF 02 01 FF}") ==
        "pathLenConstraint: expected a value in range, found one outside it at offset 5");
  CHECK(refusal<CCMParameters>("30{04 06 00 00 00 00 00 00}") ==
        "aes_nonce: expected a value in range, found one outside it at offset 2");
  CHECK(refusal<GMACParameters>("30{04 01 00 02 01 11}") ==
        "length: expected a value in range, found one outside it at offset 5");
  CHECK(refusal<DirectoryString>("0C 00") == "utf8String: expected a value in range, found one outside it at offset 0");
  CHECK(refusal<KEMRecipientInfo>("30{02 01 00 80 01 01 " + sha256 + "04 01 02" + sha256 + "02 03 01 00 00" +
                                  aes256_wrap + "04 01 03}") ==
        "kekLength: expected a value in range, found one outside it at offset 37");
}

TEST_CASE("ANY is well-formed DER all the way down") {
  accept<Any>("30{02 01 05 A0{04 01 00} 31 00}");
  CHECK(refusal<Any>("30{30 80 00 00}") == "expected a DER header, found an indefinite length at offset 2");
  CHECK(refusal<Any>("30{04 02 00}") ==
        "expected a DER header, found a length beyond the end of what contains it at offset 2");
  const char* form = "expected a DER header, found a constructed or primitive form that DER forbids at offset 0";
  for (const char* octets : {"24 03 04 01 00", "10 00", "11 00", "00 00", "20 00", "22 03 02 01 00"})
    CHECK(refusal<Any>(octets) == form);
}
