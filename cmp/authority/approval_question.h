// The name of a request that somebody has to approve.
#pragma once

#include "cmpkit/cmp/approvals.h"

namespace cmpkit::cmp {

/// ApprovalQuestion::id.
CryptoResult<std::string> approval_id(const CertificateRequest& request, const Crypto& crypto);

}  // namespace cmpkit::cmp
