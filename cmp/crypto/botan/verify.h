// Verification of signatures.
#pragma once

#include "cmpkit/cmp/crypto.h"

namespace cmpkit::cmp {

/// See Crypto::verify. Each thread keeps the verifiers of the keys it met lately: making one costs a third of a P-256
/// verification, and the certificates of a fleet are signed by one and the same key.
CryptoResult<void> verify_signature(const asn1::AlgorithmIdentifier& algorithm, Bytes public_key, Pieces message,
                                    Bytes signature);

}  // namespace cmpkit::cmp
