// The commands that are the same below `cmpkit ca` and `cmpkit ra`.
#pragma once

#include "tools/command.h"
#include "tools/server_role.h"

namespace cmpkit::tools {

void add_audit(CLI::App& app, const ServerRole& role, Action& action);
void add_pending(CLI::App& app, const ServerRole& role, Action& action);  // approve and reject, too
void add_secret(CLI::App& app, const ServerRole& role, Action& action);
void add_stats(CLI::App& app, const ServerRole& role, Action& action);

}  // namespace cmpkit::tools
