// Encryption to peers.
#pragma once

#include "cmpkit/cmp/key_management.h"

namespace cmpkit::cmp {

const KeyManagement& botan_key_management();

}  // namespace cmpkit::cmp
