// `cmpkit ra inventory import`.
#pragma once

#include "tools/command.h"

namespace cmpkit::tools {

void add_ra_inventory_import(CLI::App& inventory, Action& action);

}  // namespace cmpkit::tools
