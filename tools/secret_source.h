// Where secrets on the command line come from, in OpenSSL's spelling.
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "cmpkit/octets.h"

namespace cmpkit::tools {

/// `pass:S` is S itself (others on the machine can see it), `env:NAME` the value of an environment variable,
/// `file:PATH` the first line of a file. The error says what is wrong and never quotes the secret.
tl::expected<Octets, std::string> read_secret(std::string_view source);

/// A new one of 128 bits, in hexadecimal digits.
std::string random_secret();

}  // namespace cmpkit::tools
