// Validation in one call, for the tests of trust.
#pragma once

#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/trust.h"
#include "tests/support/certificate_builder.h"

namespace cmpkit::test {

using Pool = std::vector<asn1::Encoded<asn1::Certificate>>;

/// The views point into the certificates.
inline Pool pool_of(std::initializer_list<const Issued*> certificates) {
  Pool pool;
  for (const auto* c : certificates) pool.push_back({c->certificate});
  return pool;
}

inline cmp::TrustStore trusting(std::initializer_list<const Issued*> anchors) {
  std::vector<Octets> certificates;
  for (const auto* a : anchors) certificates.push_back(a->certificate);
  return std::move(cmp::TrustStore::make(cmp::botan_crypto(), std::move(certificates)).value());
}

inline tl::expected<cmp::ValidatedPath, cmp::PathError> validate(const cmp::TrustStore& store, const Issued& end_entity,
                                                                 const Pool& pool = {}, cmp::Time now = noon,
                                                                 const cmp::PathLimits& limits = {}) {
  return store.validate(cmp::CertificateView::decode(end_entity.certificate).value(), pool, now, limits);
}

}  // namespace cmpkit::test
