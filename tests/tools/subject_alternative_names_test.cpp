#include "tools/subject_alternative_names.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmpkit/asn1/extensions.h"

namespace cmpkit::tools {
namespace {

using asn1::GeneralName;
using namespace std::string_literals;

struct Row {
  std::string list;
  GeneralName::Type type;
  std::string value;
};

/// The text of the name, or its octets where it has no text.
std::string value_of(const GeneralName& name) {
  if (const auto* address = std::get_if<GeneralName::iPAddress>(&name.value)) return std::string(text_of(*address));
  if (const auto* mail = std::get_if<GeneralName::rfc822Name>(&name.value)) return std::string(mail->text);
  if (const auto* host = std::get_if<GeneralName::dNSName>(&name.value)) return std::string(host->text);
  return std::string(std::get<GeneralName::uniformResourceIdentifier>(name.value).text);
}

TEST_CASE("the option --sans takes OpenSSL's plain forms and forms with a kind") {
  const auto row = GENERATE(values<Row>({
      {"DNS:a.example", GeneralName::dNSName, "a.example"},
      {"dns:a.example", GeneralName::dNSName, "a.example"},
      {"a.example", GeneralName::dNSName, "a.example"},
      {"IP:192.0.2.1", GeneralName::iPAddress, "\xC0\x00\x02\x01"s},
      {"192.0.2.1", GeneralName::iPAddress, "\xC0\x00\x02\x01"s},
      {"IP:2001:db8::1", GeneralName::iPAddress, "\x20\x01\x0D\xB8\0\0\0\0\0\0\0\0\0\0\0\x01"s},
      {"URI:https://a.example/x", GeneralName::uniformResourceIdentifier, "https://a.example/x"},
      {"https://a.example/x", GeneralName::uniformResourceIdentifier, "https://a.example/x"},
      {"urn:uuid:7", GeneralName::uniformResourceIdentifier, "urn:uuid:7"},
      {"email:a@example.com", GeneralName::rfc822Name, "a@example.com"},
      {"a@example.com", GeneralName::rfc822Name, "a@example.com"},
  }));
  CAPTURE(row.list);
  const auto der = subject_alternative_names(row.list);
  REQUIRE(der);
  const auto extensions = asn1::decode<asn1::Extensions>(*der);
  REQUIRE(extensions);
  REQUIRE(extensions->size() == 1);
  CHECK_FALSE(extensions->front().critical);
  const auto names = asn1::decode<asn1::GeneralNames>(extensions->front().extnValue);
  REQUIRE(names);
  REQUIRE(names->size() == 1);
  CHECK(names->front().type() == row.type);
  CHECK(value_of(names->front()) == row.value);
}

TEST_CASE("the option --sans: several names in one list, critical among them") {
  const auto list = GENERATE(values<std::string>({
      "DNS:a,IP:192.0.2.1,critical",
      "critical, a 192.0.2.1",
      " a\t192.0.2.1 critical ",
  }));
  CAPTURE(list);
  const auto der = subject_alternative_names(list);
  REQUIRE(der);
  const auto extensions = asn1::decode<asn1::Extensions>(*der);
  REQUIRE(extensions);
  CHECK(extensions->front().critical);
  const auto names = asn1::decode<asn1::GeneralNames>(extensions->front().extnValue);
  REQUIRE(names);
  REQUIRE(names->size() == 2);
  CHECK(value_of(names->front()) == "a");
  CHECK(names->back().type() == GeneralName::iPAddress);
}

TEST_CASE("the option --sans names the item that is wrong") {
  struct Wrong {
    std::string list, text;
  };
  const auto row = GENERATE(values<Wrong>({
      {"", "no name in it"},
      {"critical", "no name in it"},
      {"a,IP:300.0.2.1", "IP:300.0.2.1: not an IPv4 or IPv6 address"},
      {"DNS:", "DNS:: no name after the colon"},
      {"b\xC3\xBC"
       "cher.example",
       "b\xC3\xBC"
       "cher.example: only ASCII is possible here (RFC 5280 Section 4.2.1.6)"},
  }));
  const auto der = subject_alternative_names(row.list);
  REQUIRE_FALSE(der);
  CHECK(der.error() == row.text);
}

}  // namespace
}  // namespace cmpkit::tools
