// The two time forms of RFC 5280 Section 4.1.2.5, as text and as a point in time.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace cmpkit::asn1 {

inline constexpr std::size_t utc_time_size = 13;          // YYMMDDHHMMSSZ
inline constexpr std::size_t generalized_time_size = 15;  // YYYYMMDDHHMMSSZ

std::optional<std::chrono::sys_seconds> parse_utc_time(std::string_view text);
std::optional<std::chrono::sys_seconds> parse_generalized_time(std::string_view text);

/// Writes the digits and the Z; `out` has room for generalized_time_size. The year is kept within 0 to 9999.
void format_generalized_time(std::chrono::sys_seconds time, char* out);

}  // namespace cmpkit::asn1
