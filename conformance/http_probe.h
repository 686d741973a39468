// An HTTP request as nobody should send it: any method, any content type, a connection for itself.
#pragma once

#include "cmpkit/transport/url.h"
#include "conformance/peer.h"

namespace cmpkit::conformance {

/// Sends it and reads the answer until the server closes the connection, within 10 seconds. The error is of the kinds
/// `connect`, `timeout`, `closed` and `protocol`.
tl::expected<transport::HttpReply, transport::TransportError> probe(const transport::HttpUrl& url, const Form& form,
                                                                    Bytes message);

}  // namespace cmpkit::conformance
