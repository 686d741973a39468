// `cmpkit ca`: a certification authority in a folder.
#include "tools/ca.h"

#include <CLI/CLI.hpp>

#include "tools/server_commands.h"

namespace cmpkit::tools {

void add_ca(CLI::App& app, Action& action) {
  CLI::App* ca = app.add_subcommand("ca", "A certification authority in a folder");
  ca->require_subcommand(1);
  add_ca_answer(*ca, action);
  add_audit(*ca, ca_role, action);
  add_ca_crl(*ca, action);
  add_ca_export(*ca, action);
  add_ca_init(*ca, action);
  add_ca_list(*ca, action);
  add_pending(*ca, ca_role, action);
  add_ca_revoke(*ca, action);
  add_ca_rollover(*ca, action);
  add_secret(*ca, ca_role, action);
  add_ca_serve(*ca, action);
  add_ca_show(*ca, action);
  add_stats(*ca, ca_role, action);
}

}  // namespace cmpkit::tools
