// Looks at one message alone, without its transaction and without credentials, and says what is wrong with it by
// RFC 9483. The checks are those that the engine makes; here all of them are made, not only up to the first failure.
#pragma once

#include "cmpkit/cmp/trail.h"

namespace cmpkit::cmp {

/// Makes every check that needs nothing but the message, also on each message nested in it (their fields are the same;
/// the trail runs through them in order).
Trail inspect(const asn1::PKIMessage& message);

}  // namespace cmpkit::cmp
