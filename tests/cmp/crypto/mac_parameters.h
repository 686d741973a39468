// Parameters of MAC algorithms for the rows of tests.
#pragma once

#include "cmpkit/asn1/algorithms.h"
#include "cmpkit/asn1/pkimessage.h"
#include "tests/cmp/crypto/algorithm.h"

namespace cmpkit::test {

inline cmp::OwnedAlgorithm pbm(Bytes salt, std::int64_t iterations, const cmp::OwnedAlgorithm& owf,
                               const cmp::OwnedAlgorithm& mac) {
  return algorithm(asn1::id_PasswordBasedMac, asn1::encode(asn1::PBMParameter{salt, *owf, iterations, *mac}));
}

inline cmp::OwnedAlgorithm pbmac1(Bytes salt, std::int64_t iterations, std::optional<std::int64_t> key_length,
                                  const cmp::OwnedAlgorithm& prf, const cmp::OwnedAlgorithm& mac) {
  asn1::Pbkdf2Params pbkdf2;
  pbkdf2.salt.value.emplace<asn1::Pbkdf2Salt::specified>(salt);
  pbkdf2.iterationCount = iterations;
  pbkdf2.keyLength = key_length;
  pbkdf2.prf = *prf;
  const auto derivation = algorithm(asn1::id_PBKDF2, asn1::encode(pbkdf2));
  return algorithm(asn1::id_PBMAC1, asn1::encode(asn1::Pbmac1Params{*derivation, *mac}));
}

inline cmp::OwnedAlgorithm gmac(asn1::Oid id, Bytes nonce, std::int64_t length) {
  return algorithm(id, asn1::encode(asn1::GMACParameters{nonce, length}));
}

}  // namespace cmpkit::test
