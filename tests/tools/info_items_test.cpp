// Items of general messages as people write them.
#include "tools/info_items.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>

#include "cmpkit/asn1/oids.h"

namespace cmpkit::tools {

TEST_CASE("a type of information is found by its short name, its RFC name and its OID") {
  const auto text = GENERATE("caCerts", "id-it-caCerts", "1.3.6.1.5.5.7.4.17");
  CHECK(parse_info_type(text) == copy_of(asn1::id_it_caCerts.octets));
}

TEST_CASE("items of the header are numbers and texts") {
  const auto number = parse_info_item("1.2.3:int:-7");
  REQUIRE(number);
  CHECK(number->value == asn1::encode(std::int64_t{-7}));
  const auto text = parse_info_item("1.2.3:str:a:b");
  REQUIRE(text);
  CHECK(text->value == asn1::encode(asn1::UTF8String{"a:b"}));
  const auto wrong = GENERATE("", "1.2.3", "1.2.3:int:", "1.2.3:int:7x", "1.2.3:real:1", "nothing:int:1");
  CHECK_FALSE(parse_info_item(wrong));
}

}  // namespace cmpkit::tools
