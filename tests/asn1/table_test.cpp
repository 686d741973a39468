// A program may declare ASN.1 types of its own.
#include "cmpkit/asn1/table.h"

#include "cmpkit/asn1/print.h"
#include "cmpkit/asn1/x509.h"
#include "tests/asn1/der.h"

using namespace cmpkit;
using namespace cmpkit::asn1;
using namespace cmpkit::test;

namespace {

enum class Color : std::int64_t { red, green = 5 };

struct Flags : NamedBits {
  enum Bit : unsigned { first, third = 2 };
};

struct Own {
  enum Type { color, flags };
  Bytes octets;
  std::variant<Color, Flags> value;
  static constexpr auto asn1 = choice<&Own::value>(received<&Own::octets>, alt<color>, alt<flags, implicit_tag<3>>);
};

struct Pair {
  Own own;
  bool class_ = true;
  std::optional<SequenceOf<UTF8String, 1>> texts;
  static constexpr auto asn1 =
      sequence(field<&Pair::own>, field<&Pair::class_, explicit_tag<0>, default_der<"01 01 FF">>, field<&Pair::texts>);
};

}  // namespace

TEST_CASE("a type declared outside the library decodes, encodes and prints") {
  const auto pair = accept<Pair>("30{02 01 05 A0{01 01 00} 30{0C 01 61 0C 01 62}}");
  CHECK(hex(pair->own.octets) == "02 01 05");
  CHECK_FALSE(pair->class_);
  CHECK(print(*pair) == "own.color: green (5)\nclass: FALSE\ntexts[0]: a\ntexts[1]: b\n");
  CHECK(print(*accept<Pair>("30{83 02 05 A0}")) == "own.flags: first, third\nclass: TRUE\n");
  CHECK(refusal<Pair>("30{02 01 05 30 00}") == "texts: expected at least one element, found none at offset 7");
}

TEST_CASE("tables know names, tags and what a field can start with") {
  const Type& type = type_of<Pair>();
  CHECK(type.name == "Pair");
  REQUIRE(type.fields.size() == 3);
  CHECK(type.fields[0].name == "own");
  CHECK(type.fields[0].first.has(0x02));
  CHECK(type.fields[0].first.has(0x83));
  CHECK_FALSE(type.fields[0].first.has(0xA3));
  CHECK(type.fields[1].name == "class");
  CHECK(type.fields[1].tag == 0xA0);
  CHECK(type_of<Color>().numbers.size() == 2);
  CHECK(type_of<Color>().numbers[1].name == "green");
  CHECK(type_of<Extension>().fields[2].encapsulates);
}
