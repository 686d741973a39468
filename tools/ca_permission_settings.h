// [[permission]] of ca.toml.
#pragma once

#include "tools/ca_configuration.h"
#include "tools/settings.h"

namespace cmpkit::tools {

/// Reads one; the anchors are as written.
PermissionEntry read_permission(Settings& table);

}  // namespace cmpkit::tools
