// Telling protection by MAC from protection by signature.
#pragma once

#include "cmpkit/asn1/x509.h"

namespace cmpkit::cmp {

/// True for the algorithms of RFC 9481 Section 6 (and the other MACs of RFC 9810 Section 5.1.3), whether we can compute
/// them or not.
bool is_mac_algorithm(asn1::Oid algorithm);

}  // namespace cmpkit::cmp
