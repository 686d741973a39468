// The --sans option: other names of the subject to ask for.
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "cmpkit/octets.h"

namespace cmpkit::tools {

/// Reads names separated by commas or blanks: `DNS:a.example`, `IP:192.0.2.1`, `IP:2001:db8::1`, `URI:https://...`,
/// `email:a@example.com`, or plain as `openssl cmp` takes them (an address is an IP, what has a `:` a URI, what has an
/// `@` an email, the rest DNS). `critical` among them marks the extension so. Returns the DER of Extensions (RFC 5280
/// Section 4.1.2.9) with a subjectAltName. The error names the item that is wrong.
tl::expected<Octets, std::string> subject_alternative_names(std::string_view list);

}  // namespace cmpkit::tools
