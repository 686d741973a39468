// Serial numbers as the command line writes them.
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "cmpkit/octets.h"

namespace cmpkit::tools {

/// Content octets of the INTEGER that the hexadecimal digits spell, `0x` before them or not. The error says what is
/// wrong with them.
tl::expected<Octets, std::string> parse_serial_number(std::string_view text);

}  // namespace cmpkit::tools
