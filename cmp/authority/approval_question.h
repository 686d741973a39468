// Putting a request to somebody who has to approve it.
#pragma once

#include "cmpkit/cmp/approvals.h"

namespace cmpkit::cmp {

/// ApprovalQuestion::id.
CryptoResult<std::string> approval_id(const CertificateRequest& request, const Crypto& crypto);

/// What the certificate would be like, for who approves it: as in ApprovalQuestion.
struct ApprovalWish {
  std::string subject, profile, key;
};

/// Nothing: it is approved.
std::optional<std::variant<Refusal, Waiting>> ask_approval(const CertificateRequest& request, ApprovalWish wish,
                                                           Approvals& approvals, const Crypto& crypto, Time now);

}  // namespace cmpkit::cmp
