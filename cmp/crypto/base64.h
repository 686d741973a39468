// Base64 (RFC 4648 Section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cmpkit/octets.h"

namespace cmpkit::cmp {

/// The octets of a text, in which white space is passed over (RFC 7468 Section 3). Nothing where it is no base64.
std::optional<Octets> decode_base64(std::string_view text);

/// Without line breaks.
std::string encode_base64(Bytes octets);

}  // namespace cmpkit::cmp
