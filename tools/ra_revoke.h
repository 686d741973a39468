// `cmpkit ra revoke`: revokes certificates of devices in the RA's name (RFC 9483 Section 5.3.2). May be killed and
// started again at any time.
#pragma once

#include "tools/client_arguments.h"
#include "tools/command.h"

namespace cmpkit::tools {

/// Adds the command to `cmpkit ra`.
void add_ra_revoke(CLI::App& ra, Action& action);

}  // namespace cmpkit::tools
