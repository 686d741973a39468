// Percent-encoding of one path segment (RFC 3986 Sections 2.1 and 3.3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cmpkit::transport {

/// The segment's octets. Nothing where it has a character that may not stand in a segment, or `%` without two
/// hexadecimal digits.
std::optional<std::string> percent_decoded(std::string_view segment);

/// Encodes all but unreserved characters.
std::string percent_encoded(std::string_view octets);

/// True for well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

}  // namespace cmpkit::transport
