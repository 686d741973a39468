// Files as the command reads and writes them: whole, and never half.
#pragma once

#include <string>

#include <tl/expected.hpp>

#include "cmpkit/octets.h"

namespace cmpkit::tools {

enum class Access {
  shared,      // 0644, less the umask
  owner_only,  // 0600: keys and secrets
};

/// The whole content; `-` is standard input. The error is a sentence that names the file.
tl::expected<Octets, std::string> read_file(const std::string& path);

/// Replaces the file by one with this content: a file of another name in the same folder is written, flushed to the
/// disk and renamed, so that whoever looks sees the old content or the new. The error is a sentence that names the
/// file.
tl::expected<void, std::string> write_file(const std::string& path, Bytes content, Access access = Access::shared);

/// Whether write_file() can work there, asked before something is done whose result must not be lost.
tl::expected<void, std::string> can_write(const std::string& path);

[[nodiscard]] bool file_exists(const std::string& path);

}  // namespace cmpkit::tools
