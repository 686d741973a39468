// Files as the command reads and writes them: whole, and never half.
#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "cmpkit/octets.h"

namespace cmpkit::tools {

enum class Access {
  shared,      // 0644, less the umask
  owner_only,  // 0600: keys and secrets
  program,     // 0755, less the umask
};

/// The whole content; `-` is standard input. The error is a sentence that names the file.
tl::expected<Octets, std::string> read_file(const std::string& path);

/// A file that is written piece by piece and takes the place of another once it is whole: it has another name in the
/// same folder, is flushed to the disk and renamed, so that whoever looks sees the old content or the new. Without
/// finish() nothing stays of it. The errors are sentences that name the file.
class ReplacingFile {
 public:
  static tl::expected<ReplacingFile, std::string> create(const std::string& path, Access access = Access::shared);
  ReplacingFile(ReplacingFile&& other) noexcept;
  ReplacingFile& operator=(ReplacingFile&&) = delete;
  ~ReplacingFile();

  tl::expected<void, std::string> write(Bytes content);
  tl::expected<void, std::string> finish();

 private:
  ReplacingFile(std::string path, std::string temporary, int descriptor)
      : path_(std::move(path)), temporary_(std::move(temporary)), descriptor_(descriptor) {}

  std::string path_, temporary_;  // temporary_ is empty once it is gone
  int descriptor_;
};

/// Replaces the file by one with this content, as ReplacingFile does.
tl::expected<void, std::string> write_file(const std::string& path, Bytes content, Access access = Access::shared);

/// Whether write_file() can work there, asked before something is done whose result must not be lost.
tl::expected<void, std::string> can_write(const std::string& path);

/// The files of a folder but hidden ones. The error is a sentence that names the folder.
tl::expected<std::vector<std::string>, std::string> files_in(const std::string& folder);

[[nodiscard]] bool file_exists(const std::string& path);

}  // namespace cmpkit::tools
