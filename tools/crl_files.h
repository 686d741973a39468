// CRLs that are files: read again when they change.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "cmpkit/cmp/crl_status.h"

namespace cmpkit::tools {

/// For one thread at a time.
class CrlFiles {
 public:
  /// `paths`: files, and folders of them. `status`, which must outlive this, gets what is in them, DER or PEM.
  CrlFiles(std::vector<std::string> paths, cmp::CrlStatus& status) : paths_(std::move(paths)), status_(status) {}

  /// Reads what is new or has changed since the last time; what is gone counts no longer. A file that cannot be used is
  /// told of once, and its CRLs stay as they were; so do all while a folder cannot be read. Returns what is wrong, a
  /// sentence each.
  std::vector<std::string> read();

 private:
  struct Version {
    std::filesystem::file_time_type time;
    std::uintmax_t size = 0;
    bool operator==(const Version&) const = default;
  };
  using Files = std::map<std::string, Version>;

  [[nodiscard]] tl::expected<Files, std::string> find() const;
  tl::expected<void, std::string> take(const std::string& file);

  std::vector<std::string> paths_;
  cmp::CrlStatus& status_;
  Files known_;
  std::string told_;  // why the files could not be found the last time; empty: they could
};

}  // namespace cmpkit::tools
