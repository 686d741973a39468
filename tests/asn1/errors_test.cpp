// Errors name the place, what was expected and what was found.
#include <algorithm>

#include "cmpkit/asn1/pkimessage.h"
#include "tests/asn1/der.h"

using namespace cmpkit;
using namespace cmpkit::asn1;
using namespace cmpkit::test;

TEST_CASE("an error within a message has its whole path") {
  Octets octets = read_data("openssl/ec-sig-ip.der");
  const auto good = decode<PKIMessage>(octets);
  REQUIRE(good);
  // The response's status stands right before its certificate: 30 03 02 01 00.
  const Octets status = der("30 03 02 01 00");
  const auto at = std::search(octets.begin(), octets.end(), status.begin(), status.end());
  REQUIRE(at != octets.end());
  at[2] = 0x05;
  at[3] = 0x00;
  at[1] = 0x02;
  const auto value = decode<PKIMessage>(octets);
  REQUIRE_FALSE(value);
  const auto offset = std::to_string(at - octets.begin() + 2);
  CHECK(value.error().text() == "body.ip.response[0].status.status: expected INTEGER, found NULL at offset " + offset);
  CHECK(value.error().path() == "body.ip.response[0].status.status");
}

TEST_CASE("errors say which alternatives, fields and tags were wanted") {
  CHECK(refusal<PKIBody>("BB 02 05 00") == "expected PKIBody, found [27] at offset 0");
  CHECK(refusal<PKIBody>("30 00") == "expected PKIBody, found SEQUENCE at offset 0");
  CHECK(refusal<GeneralName>("89 00") == "expected GeneralName, found [9] at offset 0");
  CHECK(refusal<PKIHeader>("30{02 01 02 30 00}") == "sender: expected GeneralName, found SEQUENCE at offset 5");
  CHECK(refusal<PKIHeader>("30{02 01 02}") == "sender: expected GeneralName, found the end at offset 5");
  CHECK(refusal<PKIStatusInfo>("30{02 01 00 05 00}") == "expected no further field, found NULL at offset 5");
  CHECK(refusal<PKIStatusInfo>("30{02 01 00 30{13 01 41}}") ==
        "statusString[0]: expected UTF8String, found PrintableString at offset 7");
  CHECK(refusal<PKIMessages>("30{30{30{02 01 02 A4 02 30 00 A4 02 30 00} B4{30{05 00}}}}") ==
        "[0].body.nested[0]: expected SEQUENCE, found NULL at offset 21");
  CHECK(refusal<CertTemplate>("30{A5{31 00}}") == "subject: expected SEQUENCE, found SET at offset 4");
}

TEST_CASE("a path deeper than the error can hold loses its outermost steps") {
  std::string message = "30{30{02 01 02 A4 02 30 00 A4 02 30 00} B3{04 00}}";
  for (int i = 0; i < 12; ++i) message = "30{30{02 01 02 A4 02 30 00 A4 02 30 00} B4{30{" + message + "}}}";
  std::string path;
  for (int i = 0; i < 7; ++i) path += "[0].body.nested";
  const std::string offset = std::to_string(der(message).size() - 2);  // the innermost value comes last
  CHECK(refusal<PKIMessage>(message) ==
        path + "[0].body.pkiconf: expected NULL, found OCTET STRING at offset " + offset);
}

TEST_CASE("names of tags") {
  CHECK(tag_name(0x30) == "SEQUENCE");
  CHECK(tag_name(0x31) == "SET");
  CHECK(tag_name(0xA4) == "[4]");
  CHECK(tag_name(0x84) == "[4]");
  CHECK(tag_name(0x24) == "tag 24");
  CHECK(tag_name(0x61) == "tag 61");
}
