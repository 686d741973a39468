// Telling protection by MAC from protection by signature.
#pragma once

#include "cmpkit/asn1/x509.h"

namespace cmpkit::cmp {

/// True for the algorithms of RFC 9481 Section 6 (and the other MACs of RFC 9810 Section 5.1.3), whether we can compute
/// them or not.
bool is_mac_algorithm(asn1::Oid algorithm);

/// True where the MAC is AES-GMAC, by itself or within PBM or PBMAC1: its nonce must not be used twice (RFC 9045
/// Section 4.4), so an answer cannot repeat the parameters of the request.
bool uses_gmac(const asn1::AlgorithmIdentifier& algorithm);

}  // namespace cmpkit::cmp
