// Messages within messages (RFC 9810 Section 5.1.3.4). What is in a nested message is read only once its protection is
// verified, one message at a time, so that each is bounded for itself.
#pragma once

#include <span>
#include <vector>

#include "cmpkit/asn1/pkimessage.h"

namespace cmpkit::cmp {

/// Reads a message. What is in a nested one is not read: its content is empty here, only `body.octets` has it.
asn1::Result<asn1::PKIMessage> decode_message(Bytes message, const asn1::Limits& limits);

/// The messages in a nested one that was read by decode_message(), each as it came.
asn1::Result<std::vector<Bytes>> messages_in(const asn1::PKIMessage& nested, const asn1::Limits& limits);

/// DER of the body of a nested message that holds these messages.
Octets nested_body(std::span<const Octets> messages);

}  // namespace cmpkit::cmp
