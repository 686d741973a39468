// A type of keys as an AlgorithmIdentifier.
#pragma once

#include "cmpkit/asn1/storage.h"
#include "cmpkit/cmp/keys.h"

namespace cmpkit::cmp {

/// As in a SubjectPublicKeyInfo: EC with its curve, RSA with NULL, all others without parameters.
inline asn1::AlgorithmIdentifier algorithm_of(const KeyType& key, asn1::Storage& storage) {
  if (key.family == KeyFamily::ec) return {key.algorithm, asn1::Any{storage.keep(asn1::encode(key.curve))}};
  if (key.family == KeyFamily::rsa) return {key.algorithm, asn1::null_value};
  return {key.algorithm, {}};
}

}  // namespace cmpkit::cmp
