// The commands below `cmpkit ra`, beside those of server_commands.h.
#pragma once

#include "tools/command.h"

namespace cmpkit::tools {

void add_ra_init(CLI::App& ra, Action& action);
void add_ra_serve(CLI::App& ra, Action& action);

}  // namespace cmpkit::tools
