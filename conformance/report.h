// What a run of the suite found, for people and for programs.
#pragma once

#include <string>

#include "conformance/runner.h"

namespace cmpkit::conformance {

/// One line for a case as it ends: `ok    V-10  ir without senderNonce`.
std::string progress_line(const CaseResult& result);

/// Every failure with its rule, RFC section, what was sent, what came back and what was expected.
std::string failures_text(const Results& results);

/// By section, a line for each rule with how many of its cases passed, failed and were skipped, and of how many
/// messages it held.
std::string table_text(const Results& results);

/// What was skipped, by reason; and what was tolerated.
std::string skipped_text(const Results& results);

/// `217 cases: 201 passed, 0 failed, ...`, and how many rules have a case.
std::string summary_text(const Results& results);

/// JUnit XML: a test suite for each section, and one for the rules of every message.
std::string junit_xml(const Results& results);

/// JSON: everything, the messages in hexadecimal digits where a case failed.
std::string json_text(const Results& results);

}  // namespace cmpkit::conformance
