// The least that a user of the library writes: decode octets, print what they say.
#include <iostream>

#include "cmpkit/asn1/codec.h"

int main() {
  const auto der = cmpkit::bytes_of("\x06\x03\x55\x04\x03");
  const auto oid = cmpkit::asn1::decode<cmpkit::asn1::Oid>(der);
  std::cout << (oid ? dotted(*oid) : oid.error().text()) << '\n';
}
