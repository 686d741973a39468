// The kinds of servers that cmpkit runs from a folder, for the commands that are the same for all of them.
#pragma once

#include <string>
#include <vector>

#include "tools/server_settings.h"

namespace cmpkit::tools {

struct ServerRole {
  const char* command;      // `ca`, of `cmpkit ca`; also of its configuration, ca.toml
  const char* name;         // `CA`
  const char* folder_help;  // `Folder made by cmpkit ca init`
  tl::expected<ServerSettings, std::vector<std::string>> (*read)(const std::string& folder);
};

extern const ServerRole ca_role;
extern const ServerRole ra_role;

/// Of the server in this folder: what its configuration is called tells.
const ServerRole& role_of(const std::string& folder);

}  // namespace cmpkit::tools
