// The key that the server made for us (RFC 9483 Section 4.1.6), on the way out of the response.
#pragma once

#include "cmp/protection/authenticate.h"
#include "cmpkit/asn1/storage.h"
#include "cmpkit/cmp/enrollment.h"

namespace cmpkit::cmp {

/// Checks that the options let us ask for a key and open what comes: a reason in words where they do not.
tl::expected<void, std::string> check_central_key(const EnrollmentOptions& options);

/// What the template asks for: nothing, or the type without a key (G-01). Views into the storage.
std::optional<asn1::SubjectPublicKeyInfo> key_wish(const CentralKey& wish, asn1::Storage& storage);

/// The type of this key (DER of a SubjectPublicKeyInfo) is another one than asked for: a sentence about it.
std::optional<std::string> differs(const CentralKey& wish, Bytes public_key);

/// Opens the private key for the certificate in the outcome, and puts it there. `response` null: it comes from a saved
/// outcome, whose origin was checked before.
std::optional<Refusal> open_central_key(const EnrollmentOptions& options, const asn1::PKIMessage* response,
                                        Outcome& outcome, const Environment& environment, Trail& trail);

}  // namespace cmpkit::cmp
