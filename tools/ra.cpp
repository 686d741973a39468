// `cmpkit ra`: a registration authority in a folder.
#include "tools/ra.h"

#include <CLI/CLI.hpp>

#include "tools/ra_bulk.h"
#include "tools/ra_inventory.h"
#include "tools/ra_revoke.h"
#include "tools/server_commands.h"

namespace cmpkit::tools {

void add_ra(CLI::App& app, Action& action) {
  CLI::App* ra = app.add_subcommand("ra", "A registration authority in a folder");
  ra->require_subcommand(1);
  add_audit(*ra, ra_role, action);
  add_ra_bulk(*ra, action);
  add_ra_init(*ra, action);
  add_ra_inventory(*ra, action);
  add_pending(*ra, ra_role, action);
  add_ra_revoke(*ra, action);
  add_secret(*ra, ra_role, action);
  add_ra_serve(*ra, action);
  add_stats(*ra, ra_role, action);
}

}  // namespace cmpkit::tools
