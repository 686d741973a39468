// From header, body and credentials to the octets of a protected PKIMessage.
#pragma once

#include <vector>

#include "cmp/protection/protector.h"

namespace cmpkit::cmp {

/// Protects and encodes. The protector fills sender, senderKID and protectionAlg of the header. `certificates` follow
/// the protector's own in extraCerts; what is there twice is sent once (P-06, P-07).
CryptoResult<Octets> encode_message(asn1::PKIHeader header, const asn1::PKIBody& body, const Protector& protector,
                                    std::span<const Bytes> certificates);
/// The same with a body that is encoded already: nested_body(), or that of a message that is passed on.
CryptoResult<Octets> encode_message(asn1::PKIHeader header, Bytes body, const Protector& protector,
                                    std::span<const Bytes> certificates);

}  // namespace cmpkit::cmp
