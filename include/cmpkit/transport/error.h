// Why octets could not be moved. Nothing here says anything about CMP itself: a CMP error message that arrived is a
// successful transfer.
#pragma once

#include <string>

namespace cmpkit::transport {

/// A failed transfer, in words that a person can act on.
struct TransportError {
  enum class Kind {
    url,           ///< the URL cannot be used
    listen,        ///< the server cannot listen on its address
    resolve,       ///< the host name has no address
    connect,       ///< no connection to the server
    timeout,       ///< the deadline of the call has passed
    closed,        ///< the server closed the connection before its answer was whole
    protocol,      ///< the answer is not HTTP
    too_large,     ///< the answer is larger than the caller allows
    redirect,      ///< a 3xx answer; it is not followed (RFC 9811 Section 5, item 3)
    status,        ///< a 4xx or 5xx answer without a PKIMessage in it
    content_type,  ///< a 2xx answer whose content is something else than a PKIMessage
    empty,         ///< a 2xx answer without content where a PKIMessage was expected
    file,          ///< a file or a folder of messages cannot be read or written
  };

  Kind kind{};
  std::string text;     ///< one sentence without a final stop; names the server
  int http_status = 0;  ///< the status where the server gave one. RFC 9483 Section 6.1: an RA maps it to a failInfo
};

/// Whether there was nobody to answer: not found, not reached or not in time, or whoever is in the server's place says
/// so (HTTP 502, 503, 504). Else somebody answered, but not as a CMP server does.
bool is_unavailable(const TransportError& error);

}  // namespace cmpkit::transport
