// The reasons for a revocation as the command line spells them: the names of RFC 5280 Section 5.3.1, or their numbers.
#pragma once

#include <optional>
#include <string>

#include "cmpkit/asn1/extensions.h"

namespace cmpkit::tools {

/// Nothing where it is no reason.
std::optional<asn1::CRLReason::Value> reason_named(const std::string& text);

/// `keyCompromise`
std::string reason_name(asn1::CRLReason::Value reason);

}  // namespace cmpkit::tools
