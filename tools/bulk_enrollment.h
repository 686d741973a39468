// One device of a bulk enrolment: its PKCS #10 request, the operation that is under way for it, its certificate. Each
// is a file, so that any process can go on where another one was killed.
#pragma once

#include <string>

#include "cmpkit/cmp/enrollment.h"
#include "tools/operation_run.h"

namespace cmpkit::tools {

struct BulkItem {
  std::string request;      // file with the PKCS #10 request, PEM or DER
  std::string certificate;  // file for the certificate and its issuers, PEM
  std::string state;        // file for the operation, as long as one is under way
};

struct BulkResult {
  enum class Kind { enrolled, skipped, waiting, failed };
  Kind kind{};
  std::string reason;  // failed: one sentence
};

/// Enrols it, or goes on with its enrolment; skips it where the certificate is there. `options` are those of all items,
/// without the request. No message leaves before what is to be gone on with is on the disk.
BulkResult enroll_item(const BulkItem& item, cmp::EnrollmentOptions options, const cmp::Environment& environment,
                       transport::Channel& channel, const Patience& patience);

}  // namespace cmpkit::tools
