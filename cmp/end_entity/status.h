// What a server says about a request, wherever in the message it says it.
#pragma once

#include "cmpkit/asn1/pkimessage.h"
#include "cmpkit/cmp/operation.h"

namespace cmpkit::cmp {

/// The status in an error, of the first CertResponse, or the first in an rp; null where the message has none.
const asn1::PKIStatusInfo* status_in(const asn1::PKIMessage& message);

/// Whether that status is rejection.
bool is_rejection(const asn1::PKIMessage& message);

/// Puts status, failInfo and texts of the message into the outcome. Whether they are authentic is the caller's to say.
void tell_status(const asn1::PKIMessage& message, Outcome& outcome);

}  // namespace cmpkit::cmp
