// What a client makes of an HTTP response, over whichever transport it came.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cmpkit/octets.h"
#include "cmpkit/transport/error.h"

namespace cmpkit::transport {

struct ResponseView {
  int status = 0;
  std::string_view content_type;
  std::string_view location;  ///< of a redirection
  Bytes body;
};

/// Nothing where the response holds a PKIMessage, or is a 2xx without content; else why it is of no use.
std::optional<TransportError> check_response(const ResponseView& response, const std::string& server);

/// The error of a 2xx without content where a PKIMessage was expected.
TransportError empty_response(int status, const std::string& server);

}  // namespace cmpkit::transport
