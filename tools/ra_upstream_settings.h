// [[upstream]] and [[route]] of ra.toml.
#pragma once

#include "tools/ra_configuration.h"

namespace cmpkit::tools {

/// Paths, sources and programs are as written.
UpstreamEntry read_upstream(Settings& table);

cmp::Route read_route(Settings& table, const std::vector<UpstreamEntry>& upstreams);

/// The name has to be that of one of them.
void check_upstream(Settings& table, const char* key, const std::string& name,
                    const std::vector<UpstreamEntry>& upstreams);

}  // namespace cmpkit::tools
