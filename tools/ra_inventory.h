// `cmpkit ra inventory`: the devices that an RA knows.
#pragma once

#include "tools/command.h"

namespace cmpkit::tools {

void add_ra_inventory(CLI::App& ra, Action& action);

}  // namespace cmpkit::tools
