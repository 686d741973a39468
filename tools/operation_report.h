// The result of a client's command, for people and as JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/advice.h"
#include "tools/certificate_summary.h"
#include "tools/operation_run.h"

namespace cmpkit::tools {

struct ReportedFailure {
  Fault fault{};
  std::string what;       // one sentence
  std::string status;     // what the server said, where it did: `rejection`
  std::string fail_info;  // `badPOP`; several: `badAlg, badPOP`
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

/// What kind of operation it was, in the words of its result.
struct OperationWords {
  std::string_view command;   // `ir`, `rr`, `genm`
  std::string_view done;      // JSON: `enrolled`
  std::string_view not_done;  // `no certificate`
};

struct OperationReport {
  OperationWords words;
  std::string server;
  std::string answered_by;             // how the last answer was protected, and by whom
  std::vector<std::string> tolerated;  // the switches of --tolerate that were needed
  std::vector<StoredFile> files;
  std::vector<ReportedExchange> exchanges;
  std::optional<ReportedFailure> failure;  // none: success, or waiting

  unsigned retries = 0;                    // how often something was sent again, since the server was not available
  std::optional<cmp::Time> waiting_until;  // not over: to be gone on with by --resume
  std::string saved_in;

  // Of an enrolment
  std::string confirmation;  // `certConf` or `implicit`; empty without success
  std::optional<CertificateSummary> certificate;
  std::vector<std::string> modifications;  // how it differs from what was asked
  std::string key_file;                    // of the key to certify; empty: it came as a PKCS #10 request
  bool key_generated = false;

  // Of any other
  std::string headline;                                    // `revoked`
  std::vector<std::pair<std::string, std::string>> facts;  // what is to be told, in order
};

/// What the run says by itself: not the files, facts and keys. `by_secret`: our protection was a MAC.
OperationReport report_on(const RunResult& run, const OperationWords& words, std::string server, bool by_secret,
                          const cmp::Crypto& crypto);

/// Several lines, the last one ended.
std::string report_text(const OperationReport& report);

/// A JSON object on several lines, the last one ended.
std::string report_json(const OperationReport& report);

}  // namespace cmpkit::tools
