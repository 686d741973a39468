// What a revocation does to the record of a certificate: the same for an rr and for an operator.
#pragma once

#include "cmpkit/cmp/store_records.h"
#include "cmpkit/cmp/trail.h"

namespace cmpkit::cmp {

/// Revokes it, puts it on hold (certificateHold) or releases it (removeFromCRL). A refusal where its state does not
/// allow that (X-02, X-05: revoked already, expired, not on hold); it is unchanged then.
Checked<void> revoke_certificate(IssuedCertificate& certificate, asn1::CRLReason::Value reason, Time now);

}  // namespace cmpkit::cmp
