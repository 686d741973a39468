// The store of a CA, for commands that need its whole configuration.
#pragma once

#include "tools/ca_configuration.h"
#include "tools/server_store.h"

namespace cmpkit::tools {

struct CaStore {
  CaConfiguration configuration;
  std::unique_ptr<cmp::Store> store;
};

/// As open_server_store().
tl::expected<CaStore, int> open_ca_store(const std::string& folder);

}  // namespace cmpkit::tools
