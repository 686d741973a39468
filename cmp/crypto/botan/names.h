// What Botan calls the algorithms of our tables.
#pragma once

#include <string>

#include "cmpkit/cmp/algorithms.h"

namespace cmpkit::cmp {

/// `SHA-256`, `SHA-3(256)`, `SHAKE-256(512)`, ...
std::string botan_hash(Digest digest);

/// `PBKDF2(HMAC(SHA-256))`, ...
std::string botan_pbkdf2(Digest prf);

/// What a PK_Signer or PK_Verifier wants to know about padding and digest.
std::string botan_padding(const SignatureAlgorithm& algorithm);

}  // namespace cmpkit::cmp
