// Octets for tests: written as the reference writes them, decoded and encoded again.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "cmpkit/asn1/codec.h"

namespace cmpkit::test {

/// The octets of the hexadecimal digits; `30 { 02 01 05 }` has the length of what stands in the braces put for them.
Octets der(std::string_view notation);

/// The octets as two digits each, separated by spaces.
std::string hex(Bytes octets);

/// The octets of a file below tests/data; of a PEM file those it encodes.
Octets read_data(const std::string& path);

/// The paths below tests/data of the files in the folder, sorted.
std::vector<std::string> data_files(const std::string& folder);

/// What decodes, and encodes to the same octets again; the test fails otherwise.
template <class T>
asn1::Owned<T> accept(std::string_view notation) {
  INFO(notation);
  auto value = asn1::Owned<T>::decode(der(notation));
  INFO((value ? std::string() : value.error().text()));
  REQUIRE(value);
  CHECK(hex(asn1::encode(**value)) == hex(der(notation)));
  return std::move(*value);
}

/// Why the octets are refused; the test fails where they are not.
template <class T>
std::string refusal(std::string_view notation) {
  INFO(notation);
  const Octets octets = der(notation);
  const auto value = asn1::decode<T>(octets);
  REQUIRE_FALSE(value);
  return value.error().text();
}

/// The encoding of a value, for comparing with a notation.
template <class T>
std::string encoded(const T& value) {
  return hex(asn1::encode(value));
}
inline std::string octets_of(std::string_view notation) { return hex(der(notation)); }

// AlgorithmIdentifiers, and the name CN=x, in the notation of der().
inline const std::string sha256 = "30{06 09 60 86 48 01 65 03 04 02 01}";
inline const std::string ecdsa_sha256 = "30{06 08 2A 86 48 CE 3D 04 03 02}";
inline const std::string aes256_wrap = "30{06 09 60 86 48 01 65 03 04 01 2D}";
inline const std::string cn_x = "30{31{30{06 03 55 04 03 0C 01 78}}}";

}  // namespace cmpkit::test
