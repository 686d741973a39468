#include "cmpkit/asn1/names.h"

#include "cmpkit/asn1/oids.h"
#include "tests/asn1/der.h"

using namespace cmpkit;
using namespace cmpkit::asn1;
using namespace cmpkit::test;

namespace {

Octets name_of_text(std::string_view text) {
  INFO(text);
  const auto name = parse_name(text);
  INFO((name ? std::string() : name.error()));
  REQUIRE(name);
  CHECK(decode<Name>(*name));
  return *name;
}

std::string problem(std::string_view text) {
  const auto name = parse_name(text);
  REQUIRE_FALSE(name);
  return name.error();
}

/// The text as it comes back.
std::string round_trip(std::string_view text) {
  const Octets octets = name_of_text(text);
  return name_text(Name{octets});
}

bool same(std::string_view a, std::string_view b) {
  const Octets left = name_of_text(a), right = name_of_text(b);
  return same_name(Name{left}, Name{right});
}

/// A common name of this string type.
std::string common_name(const std::string& tlv) { return "30{31{30{06 03 55 04 03 " + tlv + "}}}"; }

bool same_encoded(const std::string& a, const std::string& b) {
  const Octets left = der(a), right = der(b);
  return same_name(Name{left}, Name{right});
}

}  // namespace

TEST_CASE("a name from text: string types by attribute") {
  CHECK(hex(name_of_text("/C=DE/CN=x")) ==
        octets_of("30{31{30{06 03 55 04 06 13 02 44 45}} 31{30{06 03 55 04 03 0C 01 78}}}"));
  CHECK(hex(name_of_text("/DC=x")) == octets_of("30{31{30{06 0A 09 92 26 89 93 F2 2C 64 01 19 16 01 78}}}"));
  CHECK(hex(name_of_text("/serialNumber=1")) == octets_of("30{31{30{06 03 55 04 05 13 01 31}}}"));
  CHECK(hex(name_of_text("/1.2.3=x")) == octets_of("30{31{30{06 02 2A 03 0C 01 78}}}"));
  CHECK(name_of_text("/commonName=x") == name_of_text("/CN=x"));
  CHECK(name_of_text("/2.5.4.6=DE") == name_of_text("/C=DE"));
}

TEST_CASE("a name from text: no RDN") {
  CHECK(hex(name_of_text("/")) == "30 00");
  CHECK(hex(name_of_text("")) == "30 00");
}

TEST_CASE("a name from text: several attributes in one RDN are sorted, escapes are taken literally") {
  CHECK(hex(name_of_text("/O=b+CN=a")) == octets_of("30{31{30{06 03 55 04 03 0C 01 61} 30{06 03 55 04 0A 0C 01 62}}}"));
  CHECK(hex(name_of_text("/CN=a\\/b\\+c\\\\d=e")) == octets_of(common_name("0C 09 61 2F 62 2B 63 5C 64 3D 65")));
}

TEST_CASE("a name from text: what is wrong with it") {
  CHECK(problem("CN=x") == "a name starts with '/', such as /CN=device");
  CHECK(problem("/CN") == "no '=' after 'CN'");
  CHECK(problem("/CN/O=x") == "no '=' after 'CN'");
  CHECK(problem("/XX=x") == "'XX' is no attribute type");
  CHECK(problem("/CN=") == "'CN' has no value");
  CHECK(problem("/CN=x//O=y") == "no '=' after ''");
  CHECK(problem("/C=\xC3\xA4") == "the value of 'C' has a character that its string type does not have");
  CHECK(problem("/CN=\xFF") == "the value of 'CN' has a character that its string type does not have");
}

TEST_CASE("a name as text") {
  for (const char* text : {"/", "/CN=x", "/C=DE/ST=Bayern/L=M\xC3\xBCnchen/O=Example/OU=a/CN=device 1", "/CN=a+O=b",
                           "/CN=a\\/b\\+c\\\\d\\=e", "/1.2.3=x", "/serialNumber=1/UID=u/emailAddress=a@b"})
    CHECK(round_trip(text) == text);
  const auto text_of_encoding = [](const std::string& notation) {
    const Octets octets = der(notation);
    return name_text(Name{octets});
  };
  CHECK(text_of_encoding(common_name("02 01 05")) == "/CN=#020105");
  CHECK(text_of_encoding(common_name("1E 02 00 78")) == "/CN=#1E020078");
  CHECK(text_of_encoding(common_name("0C 01 FF")) == "/CN=#0C01FF");
  CHECK(text_of_encoding("30 01") == "#3001");
  CHECK(name_text(Name{}) == "/");
}

TEST_CASE("the last attribute of a type") {
  const Octets octets = name_of_text("/CN=a/O=b/CN=c");
  const Name name{octets};
  CHECK(last_attribute(name, id_at_commonName) == "c");
  CHECK(last_attribute(name, id_at_organizationName) == "b");
  CHECK_FALSE(last_attribute(name, id_at_countryName));
}

TEST_CASE("30. names are the same without regard to case and the amount of space") {
  CHECK(same("/CN=x", "/CN=x"));
  CHECK(same("/CN=Device One/O=EX", "/CN=device  one /O=ex"));
  CHECK(same("/CN= x", "/CN=x"));
  CHECK(same("/CN=a+O=b", "/O=B+CN=A"));
  CHECK(same("/DC=Example", "/DC=example"));
  CHECK_FALSE(same("/CN=x", "/CN=y"));
  CHECK_FALSE(same("/CN=a b", "/CN=ab"));
  CHECK_FALSE(same("/CN=x", "/O=x"));
  CHECK_FALSE(same("/CN=x", "/CN=x/O=y"));
  CHECK_FALSE(same("/CN=x/O=y", "/O=y/CN=x"));
  CHECK_FALSE(same("/CN=x+O=y", "/CN=x/O=y"));
  CHECK_FALSE(same("/CN=x", "/"));
  CHECK_FALSE(same("/CN=\xC3\xA4", "/CN=\xC3\x84"));  // beyond ASCII the case counts
}

TEST_CASE("30. the string type does not matter, other values count octet by octet") {
  CHECK(same_encoded(common_name("0C 01 78"), common_name("13 01 58")));
  CHECK_FALSE(same_encoded(common_name("14 01 78"), common_name("14 01 58")));
  CHECK(same_encoded(common_name("02 01 05"), common_name("02 01 05")));
  CHECK_FALSE(same_encoded(common_name("02 01 05"), common_name("0C 01 05")));
  CHECK_FALSE(same_encoded("30 01", "30 02"));  // no names
  CHECK(same_name(Name{}, null_dn));
}
