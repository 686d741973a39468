// The result of `cmpkit enroll` and `cmpkit update`, for people and as JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/advice.h"
#include "tools/certificate_summary.h"
#include "tools/enrollment_run.h"

namespace cmpkit::tools {

struct ReportedFailure {
  Fault fault{};
  std::string what;       // one sentence
  std::string status;     // what the server said, where it did: `rejection`
  std::string fail_info;  // `badPOP`
  std::string server_text;
  bool authenticated = false;          // the server's word was protected and verified
  std::string rule, reference, field;  // what we did not accept, where it was us: `V-35`, `RFC 9483 Section 3.5`, ...
  std::string next_step;
};

struct ReportedExchange {
  std::string request, response;  // body types; an empty response did not come
  std::chrono::microseconds duration{};
  std::size_t request_octets = 0, response_octets = 0;
};

struct StoredFile {
  std::string what, path;
};

struct EnrollmentReport {
  std::string operation, server;
  std::string answered_by;   // how the last answer was protected, and by whom
  std::string confirmation;  // `certConf` or `implicit`; empty without success
  std::optional<CertificateSummary> certificate;
  std::string key_file;  // of the key to certify; empty: it came as a PKCS #10 request
  bool key_generated = false;
  std::vector<StoredFile> files;
  std::vector<ReportedExchange> exchanges;
  std::optional<ReportedFailure> failure;  // none: success
};

/// All but the files. `by_secret`: our protection was a MAC.
EnrollmentReport report_on(const RunResult& run, std::string operation, std::string server, bool by_secret,
                           const cmp::Crypto& crypto);

/// Several lines, the last one ended.
std::string report_text(const EnrollmentReport& report);

/// A JSON object on several lines, the last one ended.
std::string report_json(const EnrollmentReport& report);

}  // namespace cmpkit::tools
