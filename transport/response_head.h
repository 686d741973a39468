// The head of an HTTP/1.1 response (RFC 9112 Section 4), as octets.
#pragma once

#include <string>

#include "cmpkit/transport/handler.h"

namespace cmpkit::transport {

/// Status line and fields of a reply, with the empty line behind them. Throws std::invalid_argument for a status
/// outside 200 to 599 and for a field value with control characters: the handler is wrong.
std::string response_head(const Reply& reply, bool keep_alive);

}  // namespace cmpkit::transport
