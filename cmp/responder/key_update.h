// What binds a key update to the certificate that is updated, whoever issues (RFC 9483 Section 4.1.3).
#pragma once

#include "cmp/responder/certificate_request.h"

namespace cmpkit::cmp {

/// Checks that the kur is signed with a certificate that this CA issued and that no other update of it awaits its
/// confirmation, that oldCertId names it, and that subject and subjectAltName are unchanged (K-01, K-02, K-03).
std::optional<Refusal> check_key_update(const Admitted& operation, std::size_t index, const Authorised& authorised,
                                        const RequestPolicy& policy, Trail& trail);

}  // namespace cmpkit::cmp
