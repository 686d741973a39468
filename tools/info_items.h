// Items of general messages and of headers, as a person writes them.
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "cmpkit/cmp/client_options.h"

namespace cmpkit::tools {

/// `OID:int:NUMBER` or `OID:str:TEXT`, as `openssl cmp -geninfo` takes it. The error says what is wrong with the text.
tl::expected<cmp::InfoItem, std::string> parse_info_item(std::string_view text);

/// The type of a question: `caCerts`, `id-it-caCerts` or a dotted OID; its content octets.
tl::expected<Octets, std::string> parse_info_type(std::string_view text);

}  // namespace cmpkit::tools
