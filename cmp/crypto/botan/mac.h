// Message authentication codes.
#pragma once

#include "cmpkit/cmp/crypto.h"

namespace cmpkit::cmp {

/// See Crypto::mac.
CryptoResult<std::unique_ptr<Mac>> make_mac(const asn1::AlgorithmIdentifier& algorithm, Bytes secret,
                                            const MacLimits& limits);

}  // namespace cmpkit::cmp
