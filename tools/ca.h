// The commands below `cmpkit ca`, beside those of server_commands.h.
#pragma once

#include "tools/command.h"

namespace cmpkit::tools {

void add_ca_answer(CLI::App& ca, Action& action);
void add_ca_crl(CLI::App& ca, Action& action);
void add_ca_export(CLI::App& ca, Action& action);
void add_ca_init(CLI::App& ca, Action& action);
void add_ca_list(CLI::App& ca, Action& action);
void add_ca_revoke(CLI::App& ca, Action& action);
void add_ca_rollover(CLI::App& ca, Action& action);
void add_ca_serve(CLI::App& ca, Action& action);
void add_ca_show(CLI::App& ca, Action& action);

}  // namespace cmpkit::tools
