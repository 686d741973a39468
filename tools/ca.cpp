// `cmpkit ca`: a certification authority in a folder.
#include "tools/ca.h"

#include <CLI/CLI.hpp>

namespace cmpkit::tools {

void add_ca(CLI::App& app, Action& action) {
  CLI::App* ca = app.add_subcommand("ca", "A certification authority in a folder");
  ca->require_subcommand(1);
  add_ca_audit(*ca, action);
  add_ca_crl(*ca, action);
  add_ca_export(*ca, action);
  add_ca_init(*ca, action);
  add_ca_list(*ca, action);
  add_ca_pending(*ca, action);
  add_ca_revoke(*ca, action);
  add_ca_rollover(*ca, action);
  add_ca_secret(*ca, action);
  add_ca_serve(*ca, action);
  add_ca_show(*ca, action);
  add_ca_stats(*ca, action);
}

}  // namespace cmpkit::tools
