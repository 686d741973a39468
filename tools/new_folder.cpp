#include "tools/new_folder.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "cmpkit/cmp/pem.h"
#include "tools/secret_source.h"

namespace cmpkit::tools {
namespace {

namespace fs = std::filesystem;

tl::expected<SecretEntry, std::string> read_secret_entry(const std::string& text) {
  const auto sign = text.find('=');
  if (sign == std::string::npos || sign == 0)
    return tl::unexpected(fmt::format("--secret {}: write REFERENCE=pass:SECRET, =file:PATH or =env:VARIABLE", text));
  SecretEntry entry{text.substr(0, sign), text.substr(sign + 1)};
  if (const auto secret = read_secret(entry.source); !secret)
    return tl::unexpected(fmt::format("--secret of {}: {}", entry.reference, secret.error()));
  constexpr std::string_view file = "file:";
  if (entry.source.starts_with(file))
    entry.source = fmt::format("{}{}", file, fs::absolute(entry.source.substr(file.size())).string());
  return entry;
}

/// A name that no file has yet: `root.crt`, `other-root.crt`, `other-other-root.crt`.
std::string unused_name(const std::string& folder, std::string name, const std::vector<NewFile>& files) {
  while (std::ranges::find(files, folder + name, &NewFile::name) != files.end()) name.insert(0, "other-");
  return folder + name;
}

}  // namespace

NewFile new_file(std::string name, std::string_view content, Access access) {
  return {std::move(name), copy_of(bytes_of(content)), access};
}

tl::expected<void, std::string> check_new_folder(const std::string& folder) {
  std::error_code error;
  if (!fs::exists(folder, error)) return {};
  if (fs::is_directory(folder, error) && fs::is_empty(folder, error)) return {};
  return tl::unexpected(fmt::format("{} is there already and not empty; nothing was changed", folder));
}

tl::expected<void, std::string> write_new_folder(const std::string& folder, const std::vector<NewFile>& files) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error || ::chmod(folder.c_str(), 0700) != 0)
    return tl::unexpected(fmt::format("cannot make the folder {}: {}", folder, error.message()));
  for (const NewFile& file : files) {
    const fs::path path = fs::path(folder) / file.name;
    fs::create_directories(path.parent_path(), error);
    if (auto written = write_file(path.string(), file.content, file.access); !written) return written;
  }
  return {};
}

tl::expected<std::vector<SecretEntry>, std::string> read_secret_entries(const std::vector<std::string>& texts) {
  std::vector<SecretEntry> out;
  for (const std::string& text : texts) {
    auto entry = read_secret_entry(text);
    if (!entry) return tl::unexpected(entry.error());
    out.push_back(std::move(*entry));
  }
  return out;
}

tl::expected<void, std::string> add_anchors(const std::string& option, const std::string& path,
                                            const std::string& sub_folder, std::vector<NewFile>& files) {
  const auto certificates = load_certificates({path});
  if (!certificates) return tl::unexpected(fmt::format("{}: {}", option, certificates.error()));
  std::string pem;
  for (const Octets& each : *certificates) pem += cmp::encode_pem("CERTIFICATE", each);
  files.push_back(new_file(unused_name(sub_folder + "/", fs::path(path).filename().string(), files), pem));
  return {};
}

std::string toml_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
    else
      out += c;
  }
  return out + '"';
}

}  // namespace cmpkit::tools
