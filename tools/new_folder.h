// The folder of a new server: all of its files, written at once or not at all.
#pragma once

#include <string>
#include <vector>

#include "tools/files.h"
#include "tools/server_settings.h"

namespace cmpkit::tools {

struct NewFile {
  std::string name;  // in the folder
  Octets content;
  Access access = Access::shared;
};

NewFile new_file(std::string name, std::string_view content, Access access = Access::shared);

// The errors are sentences.

/// Nothing is there that could be overwritten.
tl::expected<void, std::string> check_new_folder(const std::string& folder);

/// Makes the folder, for its owner only, with these files in it.
tl::expected<void, std::string> write_new_folder(const std::string& folder, const std::vector<NewFile>& files);

/// The entries `REFERENCE=SOURCE` of --secret. A file is named relative to where we are, and a configuration wants it
/// from its own folder.
tl::expected<std::vector<SecretEntry>, std::string> read_secret_entries(const std::vector<std::string>& texts);

/// Adds a file with the certificates of this one to a sub-folder, under its own name or one like it. `option` named it.
tl::expected<void, std::string> add_anchors(const std::string& option, const std::string& path,
                                            const std::string& sub_folder, std::vector<NewFile>& files);

/// A TOML basic string.
std::string toml_string(std::string_view text);

}  // namespace cmpkit::tools
