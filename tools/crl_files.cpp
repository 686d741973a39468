#include "tools/crl_files.h"

#include <fmt/format.h>

#include <utility>

#include "cmpkit/cmp/pem.h"
#include "tools/files.h"

namespace cmpkit::tools {

namespace fs = std::filesystem;

std::vector<std::string> CrlFiles::read() {
  auto found = find();
  const std::string told = std::exchange(told_, found ? "" : found.error());
  if (!found) return told == told_ ? std::vector<std::string>{} : std::vector{told_};
  std::vector<std::string> wrong;
  for (const auto& [file, version] : *found)
    if (const auto known = known_.find(file); known == known_.end() || known->second != version)
      if (const auto taken = take(file); !taken) wrong.push_back(fmt::format("{}: {}", file, taken.error()));
  for (const auto& [file, version] : known_)
    if (!found->contains(file)) static_cast<void>(status_.replace(file, {}));  // cannot fail
  known_ = std::move(*found);
  return wrong;
}

tl::expected<CrlFiles::Files, std::string> CrlFiles::find() const {
  Files out;
  for (const std::string& path : paths_) {
    std::vector<std::string> files{path};
    std::error_code error;
    if (fs::is_directory(path, error)) {
      auto listed = files_in(path);
      if (!listed) return tl::unexpected(listed.error());
      files = std::move(*listed);
    }
    for (const std::string& file : files) {
      const Version version{fs::last_write_time(file, error), error ? 0 : fs::file_size(file, error)};
      if (error) return tl::unexpected(fmt::format("cannot read {}: {}", file, error.message()));
      out.emplace(file, version);
    }
  }
  return out;
}

tl::expected<void, std::string> CrlFiles::take(const std::string& file) {
  const auto content = read_file(file);
  if (!content) return tl::unexpected(content.error());
  auto crls = cmp::read_crls(*content);
  if (!crls) return tl::unexpected(crls.error().text);
  return status_.replace(file, std::move(*crls));
}

}  // namespace cmpkit::tools
