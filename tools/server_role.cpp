#include "tools/server_role.h"

#include "tools/ca_configuration.h"
#include "tools/files.h"
#include "tools/ra_configuration.h"

namespace cmpkit::tools {
namespace {

template <auto read_all>
tl::expected<ServerSettings, std::vector<std::string>> read_settings(const std::string& folder) {
  return read_all(folder).map([](const auto& all) { return static_cast<const ServerSettings&>(all); });
}

}  // namespace

const ServerRole ca_role{"ca", "CA", "Folder made by cmpkit ca init", read_settings<read_ca_configuration>};
const ServerRole ra_role{"ra", "RA", "Folder made by cmpkit ra init", read_settings<read_ra_configuration>};

const ServerRole& role_of(const std::string& folder) { return file_exists(folder + "/ra.toml") ? ra_role : ca_role; }

}  // namespace cmpkit::tools
