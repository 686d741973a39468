// `cmpkit ca`: a certification authority in a folder.
#include <CLI/CLI.hpp>

#include "tools/command.h"

namespace cmpkit::tools {

void add_ca(CLI::App& app, Action& /*action*/) {
  CLI::App* ca = app.add_subcommand("ca", "A certification authority in a folder");
  ca->require_subcommand(1);
}

}  // namespace cmpkit::tools
