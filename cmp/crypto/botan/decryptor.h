// Decryption and key agreement by a key of Botan.
#pragma once

#include <botan/pk_keys.h>

#include "cmpkit/cmp/key_management.h"

namespace cmpkit::cmp {

/// A decryptor for a key it shares. `bad_key` for a key that can neither decrypt nor agree.
CryptoResult<std::unique_ptr<Decryptor>> make_decryptor(std::shared_ptr<const Botan::Private_Key> key,
                                                        Bytes public_key);

/// The secret that a private key for agreement shares with the holder of `public_key`; checks that both are of one
/// type and that it is not zero.
CryptoResult<SecretOctets> agreed_secret(const Botan::Private_Key& key, Bytes own_public_key, Bytes public_key);

/// What Botan calls a key transport: `OAEP(SHA-256)`, `PKCS1v15`.
std::string botan_padding(const KeyTransport& transport);

}  // namespace cmpkit::cmp
