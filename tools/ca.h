// The commands below `cmpkit ca`.
#pragma once

#include "tools/command.h"

namespace cmpkit::tools {

void add_ca_init(CLI::App& ca, Action& action);
void add_ca_serve(CLI::App& ca, Action& action);
void add_ca_show(CLI::App& ca, Action& action);

}  // namespace cmpkit::tools
