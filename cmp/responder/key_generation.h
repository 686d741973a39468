// Making the key of who asks for one (RFC 9483 Section 4.1.6).
#pragma once

#include "cmp/responder/certificate_request.h"

namespace cmpkit::cmp {

/// What is wrong with the options, in words.
tl::expected<void, std::string> check_key_generation(const KeyGenerationAuthority& authority);

/// Whether the request leaves the key to us (G-01).
bool asks_for_key(const asn1::CertReqMsg& request);

/// Whether a key can be made and sent to who asks for it; called before anything is decided.
std::optional<Refusal> check_key_wish(const Admitted& operation, const asn1::CertReqMsg& request,
                                      const RequestPolicy& policy, Trail& trail);

/// Makes the key, and the package that delivers it, in `out`. Nothing of it remains in the clear.
std::optional<Refusal> generate_key(const Admitted& operation, const asn1::CertReqMsg& request,
                                    const RequestPolicy& policy, Authorised& out, Trail& trail);

}  // namespace cmpkit::cmp
