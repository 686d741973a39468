// What all commands of a client do alike: reach the server, begin or go on, tell the result.
#pragma once

#include <span>

#include "cmpkit/cmp/botan.h"
#include "cmpkit/transport/http_client.h"
#include "tools/client_preparation.h"
#include "tools/files.h"
#include "tools/operation_report.h"
#include "tools/system_clock.h"

namespace cmpkit::tools {

tl::expected<transport::HttpClient, transport::TransportError> connect(const ClientArguments& arguments);

/// The operation of this kind: new, or the one of --resume.
template <class Kind, class Options>
tl::expected<Kind, std::string> begin_or_resume(Options options, const cmp::Environment& environment,
                                                const ClientArguments& arguments) {
  if (arguments.resume_file.empty()) return Kind::create(std::move(options), environment);
  const auto saved = read_file(arguments.resume_file);
  if (!saved) return tl::unexpected(saved.error());
  return naming(arguments.resume_file, Kind::resume(std::move(options), environment, *saved));
}

/// Carries the operation through. The run, and what it says by itself.
struct Carried {
  RunResult run;
  OperationReport report;
};
Carried carry_out(cmp::Operation& operation, transport::Channel& channel, const cmp::Clock& clock,
                  const ClientArguments& arguments, const OperationWords& words);

/// Writes octets to the file that an option names, and says so in the report. No path: nothing.
Step store_file(OperationReport& report, std::string what, const std::string& path, Bytes content);
/// The same for PEM; no DER: nothing.
Step store_pem(OperationReport& report, std::string what, const std::string& path, std::string_view label,
               std::span<const Octets> der);

/// Prints the report. People read failures on standard error; who asked for JSON reads it on standard output. Returns
/// the ExitCode.
int conclude(const OperationReport& report, bool json);

}  // namespace cmpkit::tools
