// What an end entity or an RA sends its messages through.
#pragma once

#include <tl/expected.hpp>

#include "cmpkit/octets.h"
#include "cmpkit/transport/error.h"

namespace cmpkit::transport {

/// One endpoint of a peer, which answers each message with one message. All messages of a transaction go through one
/// channel: RFC 9483 Section 6.1 wants certConf and pollReq at the endpoint of the request that they belong to (W-05).
class Channel {
 public:
  virtual ~Channel() = default;

  /// Sends a DER-encoded PKIMessage and waits for the answer. Blocks until the answer is whole or the channel's
  /// deadline has passed. The answer is as the peer sent it and nothing in it is to be believed yet; that a transfer
  /// succeeded says nothing about the operation (RFC 9811 Section 5, item 2). After an error the message counts as
  /// not delivered (RFC 9811 Section 3.3), although the peer may have seen it.
  virtual tl::expected<Octets, TransportError> exchange(Bytes request) = 0;

 protected:
  Channel() = default;
  Channel(const Channel&) = default;
  Channel(Channel&&) = default;
  Channel& operator=(const Channel&) = default;
  Channel& operator=(Channel&&) = default;
};

}  // namespace cmpkit::transport
