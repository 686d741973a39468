// Programs that cmpkit runs: without a shell, bounded in time and output.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <tl/expected.hpp>

namespace cmpkit::tools {

struct ProgramResult {
  int status = 0;        // 128 + n where signal n ended it
  std::string out, err;  // what it printed, 1 MB of each at most
};

/// Runs a program with its arguments to its end. `input` is its standard input; `environment` (NAME=VALUE) is added to
/// ours. The error says in a sentence why it could not be run, or that its time was over: then it was killed.
tl::expected<ProgramResult, std::string> run_program(const std::vector<std::string>& command, const std::string& input,
                                                     const std::vector<std::string>& environment,
                                                     std::chrono::seconds timeout);

}  // namespace cmpkit::tools
