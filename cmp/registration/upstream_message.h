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
};

/// The message with our protection in place of its own. The template can be altered in ir and cr only.
CryptoResult<Octets> replace_protection(const asn1::PKIMessage& message, const Alterations& alterations,
                                        const Protector& protector, Time now);

/// A nested message around it, which approves it. `recipient`: DER Name; empty: as in the message.
CryptoResult<Octets> approve(const asn1::PKIMessage& message, Bytes recipient, const Protector& protector, Time now);

/// A nested message around messages, which have their protection.
CryptoResult<Octets> bundle(std::span<const asn1::PKIMessage> messages, Bytes recipient, const Protector& protector,
                            const Environment& environment);

/// The message that a nested one approves; where it is none, the message itself.
const asn1::PKIMessage& approved_in(const asn1::PKIMessage& message);

}  // namespace cmpkit::cmp
