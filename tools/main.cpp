// The `cmpkit` command: reads the command line and runs the command that it names.
#include <CLI/CLI.hpp>
#include <exception>

#include "tools/command.h"

namespace {

int run(int argc, char** argv) {
  using namespace cmpkit::tools;
  CLI::App app{"cmpkit: certificate management with CMP (RFC 9810, RFC 9483)", "cmpkit"};
  app.require_subcommand(1);
  app.get_formatter()->column_width(36);
  Action action;
  add_ca(app, action);
  add_conformance(app, action);
  add_enroll(app, action);
  add_genm(app, action);
  add_inspect(app, action);
  add_ra(app, action);
  add_revoke(app, action);
  add_store(app, action);
  add_update(app, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_ok : exit_usage;
  }
  return action();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    return cmpkit::tools::fail(error.what());
  }
}
