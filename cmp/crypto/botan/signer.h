// Signatures by a key of Botan.
#pragma once

#include <botan/pk_keys.h>

#include "cmpkit/cmp/algorithms.h"

namespace cmpkit::cmp {

/// A signer for a key it shares. `choice` as in PrivateKey::signer.
CryptoResult<std::unique_ptr<Signer>> make_signer(std::shared_ptr<const Botan::Private_Key> key, Bytes public_key,
                                                  const SignatureChoice& choice);

}  // namespace cmpkit::cmp
