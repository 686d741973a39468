// Botan as the provider of the cryptography. Nothing of Botan shows here.
#pragma once

#include "cmpkit/cmp/crypto.h"

namespace cmpkit::cmp {

/// The operations of Botan. Lives as long as the process.
const Crypto& botan_crypto();

/// The random numbers of the operating system. Ends the process where the system has none: nothing sensible could go
/// on. Lives as long as the process.
Random& system_random();

}  // namespace cmpkit::cmp
