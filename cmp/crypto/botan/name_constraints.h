// Name constraints (RFC 5280 Section 4.2.1.10).
#pragma once

#include "cmpkit/cmp/crypto.h"

namespace cmpkit::cmp {

/// See Crypto::names_permitted.
CryptoResult<bool> permits_names(Bytes issuer, Bytes certificate);

}  // namespace cmpkit::cmp
