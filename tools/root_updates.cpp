#include "tools/root_updates.h"

#include <fmt/format.h>

#include <filesystem>

#include "tools/credentials.h"

namespace cmpkit::tools {
namespace {

tl::expected<Octets, std::string> load_one(const std::string& path) {
  auto certificates = load_certificates({path});
  if (!certificates) return tl::unexpected(certificates.error());
  return std::move(certificates->front());
}

}  // namespace

RolloverFiles::RolloverFiles(const std::string& ca_folder, unsigned n)
    : folder((std::filesystem::path(ca_folder) / fmt::format("rollover/{}", n)).string()),
      old_root(folder + "/old-root.crt"),
      old_root_key(folder + "/old-root.key"),
      old_ca(folder + "/old-ca.crt"),
      new_with_old(folder + "/new-with-old.crt"),
      old_with_new(folder + "/old-with-new.crt") {}

unsigned count_rollovers(const std::string& ca_folder) {
  unsigned count = 0;
  std::error_code error;
  while (std::filesystem::is_directory(RolloverFiles(ca_folder, count + 1).folder, error)) ++count;
  return count;
}

tl::expected<std::vector<cmp::RootUpdate>, std::string> load_root_updates(const std::string& ca_folder) {
  std::vector<cmp::RootUpdate> out;
  const unsigned count = count_rollovers(ca_folder);
  for (unsigned n = 1; n <= count; ++n) {
    const RolloverFiles files(ca_folder, n);
    const std::string next =
        n < count ? RolloverFiles(ca_folder, n + 1).old_root : (std::filesystem::path(ca_folder) / "root.crt").string();
    auto old_root = load_one(files.old_root), new_root = load_one(next);
    auto new_with_old = load_one(files.new_with_old), old_with_new = load_one(files.old_with_new);
    for (const auto* each : {&old_root, &new_root, &new_with_old, &old_with_new})
      if (!*each) return tl::unexpected(each->error());
    out.push_back({std::move(*old_root), std::move(*new_root), std::move(*new_with_old), std::move(*old_with_new)});
  }
  return out;
}

}  // namespace cmpkit::tools
