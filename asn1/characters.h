// Which characters each string type may hold.
#pragma once

#include "cmpkit/octets.h"

namespace cmpkit::asn1 {

/// True where the octets are characters of the string type with this universal tag (X.680 Section 41, RFC 3629).
bool characters_allowed(std::uint8_t tag, Bytes octets);

}  // namespace cmpkit::asn1
