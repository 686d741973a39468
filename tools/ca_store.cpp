#include "tools/ca_store.h"

namespace cmpkit::tools {

tl::expected<CaStore, int> open_ca_store(const std::string& folder) {
  auto configuration = read_ca_configuration(folder);
  if (!configuration) return tl::unexpected(wrong_folder(configuration.error(), ca_role));
  auto store = open_store_of(*configuration, ca_role);
  if (!store) return tl::unexpected(store.error());
  return CaStore{std::move(*configuration), std::move(*store)};
}

}  // namespace cmpkit::tools
