// How a command joins `cmpkit`: one file per command, with one function that declares its options and says what it
// does. main.cpp lists these functions.
#pragma once

#include <functional>
#include <string_view>

namespace CLI {
class App;
}

namespace cmpkit::tools {

/// What the process ends with.
enum ExitCode : int {
  exit_ok = 0,
  exit_failed = 1,   // refused by the other side, or could not be done
  exit_usage = 2,    // the command line or a configuration file is wrong
  exit_waiting = 3,  // not over: the server lets us wait, and --resume goes on
};

/// What a command does once its line has been read; returns an ExitCode.
using Action = std::function<int()>;

// Each adds its subcommand to `app`. Where it is the one on the command line, parsing puts its action in `action`,
// which must outlive the parsing.
void add_ca(CLI::App& app, Action& action);
void add_conformance(CLI::App& app, Action& action);
void add_enroll(CLI::App& app, Action& action);
void add_genm(CLI::App& app, Action& action);
void add_inspect(CLI::App& app, Action& action);
void add_ra(CLI::App& app, Action& action);
void add_revoke(CLI::App& app, Action& action);
void add_store(CLI::App& app, Action& action);
void add_update(CLI::App& app, Action& action);

/// Says on standard error what went wrong and, unless empty, what to do next. Returns exit_failed.
int fail(std::string_view what, std::string_view next_step = {});

/// The same for exit_usage.
int misused(std::string_view what, std::string_view next_step = {});

}  // namespace cmpkit::tools
