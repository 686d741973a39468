// Public keys of peers, read for use.
#pragma once

#include <botan/pk_keys.h>

#include "cmpkit/cmp/keys.h"

namespace cmpkit::cmp {

/// A public key and what our tables say about it.
struct PublicKey {
  const KeyType* type;
  std::unique_ptr<Botan::Public_Key> key;
};

/// Reads the DER of a SubjectPublicKeyInfo. RSA keys below 2048 bits (RFC 9481 Section 7 begins there), above 16384
/// bits or with an exponent above 64 bits are `bad_key`: too weak, or too much work for one signature.
CryptoResult<PublicKey> load_public_key(Bytes public_key);

/// What `Crypto::describe` says about it.
KeyDescription describe(const PublicKey& key);

}  // namespace cmpkit::cmp
