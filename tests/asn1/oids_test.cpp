#include "cmpkit/asn1/oids.h"

#include <set>

#include "cmpkit/asn1/registry.h"
#include "tests/asn1/der.h"

using namespace cmpkit;
using namespace cmpkit::asn1;
using namespace cmpkit::test;

TEST_CASE("OIDs are encoded by the compiler as they are written") {
  CHECK(hex(oid<"2.5.29.15">.octets) == "55 1D 0F");
  CHECK(hex(oid<"1.2.840.113549.1.1.11">.octets) == "2A 86 48 86 F7 0D 01 01 0B");
  CHECK(hex(oid<"0.9.2342.19200300.100.1.25">.octets) == "09 92 26 89 93 F2 2C 64 01 19");
  CHECK(hex(oid<"2.999.3">.octets) == "88 37 03");
  CHECK(dotted(id_kem_rsa) == "1.0.18033.2.2.4");
  CHECK(dotted(oid<"2.999.3">) == "2.999.3");
  CHECK(dotted(oid<"2.40.1">) == "2.40.1");
}

TEST_CASE("an arc beyond 64 bits shows as a question mark") {
  const Octets octets = der("2A 83 FF FF FF FF FF FF FF FF 7F 05");
  CHECK(dotted(Oid{octets}) == "1.2.?.5");
}

TEST_CASE("every OID we know is written once, and found by its name") {
  std::set<std::string> names, numbers;
  Storage storage;
  for (const Oid known : known_oids()) {
    const std::string name = name_of(known), number = dotted(known);
    INFO(name << " " << number);
    CHECK(names.insert(name).second);
    CHECK(numbers.insert(number).second);
    CHECK(find_oid(name, storage) == known);
    CHECK(find_oid(number, storage) == known);
  }
  CHECK(names.size() > 300);
  CHECK(name_of(id_it_implicitConfirm) == "id-it-implicitConfirm");
  CHECK(name_of(oid<"1.2.3">) == "1.2.3");
}

TEST_CASE("an OID from text that is none") {
  Storage storage;
  for (const char* text : {"", "1", "1.", ".1", "1..2", "3.1", "1.40", "0.40.1", "1.2.x", "1.2.-3", "id-kp-nothing",
                           "1.2.99999999999999999999"})
    CHECK_FALSE(find_oid(text, storage));
  CHECK(find_oid("2.40", storage) == oid<"2.40">);
}

TEST_CASE("open types") {
  CHECK(open_type(id_ce_keyUsage)->name == "KeyUsage");
  CHECK(open_type(id_PasswordBasedMac)->name == "PBMParameter");
  CHECK(open_type(id_it_KemCiphertextInfo)->name == "KemCiphertextInfo");
  CHECK(open_type(oid<"1.2.3">) == nullptr);
}
