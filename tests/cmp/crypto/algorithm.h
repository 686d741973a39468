// AlgorithmIdentifiers for the rows of tests.
#pragma once

#include <memory>

#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/algorithms.h"
#include "tests/support/hex.h"

namespace cmpkit::test {

/// Parameters by their DER in hexadecimal; the empty text: absent.
inline cmp::OwnedAlgorithm algorithm(asn1::Oid id, std::string_view parameters = "") {
  const auto der = hex(parameters);
  asn1::AlgorithmIdentifier out{id, std::nullopt};
  if (!der.empty()) out.parameters = asn1::Any{der};
  return std::move(cmp::OwnedAlgorithm::decode(asn1::encode(out)).value());
}

/// Parameters by their DER.
inline cmp::OwnedAlgorithm algorithm(asn1::Oid id, const Octets& parameters) {
  const asn1::AlgorithmIdentifier out{id, asn1::Any{parameters}};
  return std::move(cmp::OwnedAlgorithm::decode(asn1::encode(out)).value());
}

inline constexpr std::string_view null = "05 00";

}  // namespace cmpkit::test
