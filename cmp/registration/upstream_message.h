// What an RA makes of messages before it passes them on (RFC 9483 Sections 5.2.2 and 5.2.3).
#pragma once

#include "cmp/message/encode_message.h"
#include "cmpkit/asn1/storage.h"
#include "cmpkit/cmp/environment.h"

namespace cmpkit::cmp {

/// What is changed in a message whose protection is replaced. Empty: as it is.
struct Alterations {
  Octets recipient;                  // DER Name
  Octets recip_nonce;                // the exception of A-06
  std::string profile;               // certProfile
  std::optional<Octets> subject;     // DER Name of the template
  std::optional<Octets> extensions;  // DER Extensions of the template
  bool ra_verified = false;          // also without a change of the template
  bool original = false;             // origPKIMessage
  bool from_ra = false;              // the sender is one: origPKIMessage of its making may stay
};

/// The message with our protection in place of its own. The template can be altered in ir and cr only.
CryptoResult<Octets> replace_protection(const asn1::PKIMessage& message, const Alterations& alterations,
                                        const Protector& protector, Time now);

/// A nested message around a message (whole, with its header), which approves it. `recipient`: DER Name; empty:
/// as in the message.
CryptoResult<Octets> approve(const asn1::PKIHeader& header, Bytes message, Bytes recipient, const Protector& protector,
                             Time now);

/// A nested message with this transactionID around messages, which have their protection.
CryptoResult<Octets> bundle(std::span<const Octets> messages, Bytes transaction_id, Bytes recipient,
                            const Protector& protector, const Environment& environment);

/// The message within all nested ones that approve it; where there are none, the message itself. Views into `octets`.
asn1::Result<asn1::PKIMessage> innermost(Bytes octets, const asn1::Limits& limits);
/// Its octets.
asn1::Result<Bytes> innermost_octets(Bytes octets, const asn1::Limits& limits);

/// A nonce or transactionID: 128 random bits (H-60, H-70).
Octets random_identifier(Random& random);

}  // namespace cmpkit::cmp
