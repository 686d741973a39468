#include "tools/server_parts.h"

#include <fmt/format.h>

#include "tools/files.h"
#include "tools/secret_source.h"

namespace cmpkit::tools {

void Loading::complain(const std::string& setting, const std::string& text) {
  complaints_.push_back(fmt::format("{}: {}: {}", file_, setting, text));
}

tl::expected<std::vector<Octets>, std::string> load_folder(const std::string& folder) {
  const auto paths = files_in(folder);
  if (!paths) return tl::unexpected(paths.error());
  if (paths->empty())
    return tl::unexpected(fmt::format("no certificate is in the folder {}; put the trust anchors there", folder));
  return load_certificates(*paths);
}

tl::expected<std::vector<Octets>, std::string> load_folders(const std::vector<std::string>& folders) {
  std::vector<Octets> out;
  for (const std::string& folder : folders) {
    auto loaded = load_folder(folder);
    if (!loaded) return loaded;
    out.insert(out.end(), loaded->begin(), loaded->end());
  }
  return out;
}

void ServerParts::load_secrets(const ServerSettings& settings, Loading& load) {
  for (const SecretEntry& entry : settings.secrets)
    if (auto secret = load(fmt::format("requesters.secrets.\"{}\"", entry.reference), read_secret(entry.source)))
      secrets.add(entry.reference, std::move(*secret));
}

void ServerParts::load_requesters(const ServerSettings& settings, Loading& load) {
  load_secrets(settings, load);
  std::vector<Octets> anchors;
  for (const std::string& folder : settings.trusted)
    if (auto loaded = load("requesters.trusted", load_folder(folder)))
      anchors.insert(anchors.end(), loaded->begin(), loaded->end());
  for (const PermissionEntry& entry : settings.permissions) {
    cmp::Permission permission = entry.permission;
    for (const std::string& folder : entry.anchors)
      if (auto loaded = load("permission.anchors", load_folder(folder)))
        permission.anchors.insert(permission.anchors.end(), loaded->begin(), loaded->end());
    anchors.insert(anchors.end(), permission.anchors.begin(), permission.anchors.end());
    permissions.push_back(std::move(permission));
  }
  if (anchors.empty()) return;
  auto made = cmp::TrustStore::make(cmp::botan_crypto(), anchors);
  if (made)
    trust = std::move(*made);
  else
    load.complain("requesters.trusted", made.error().text);
}

void ServerParts::load_revocation(const ServerSettings& settings, Loading& load) {
  crl_files.emplace(settings.revocation.crls, crl_status);
  for (const std::string& wrong : crl_files->read()) load.complain("revocation.crls", wrong);
}

void ServerParts::configure(const ServerSettings& settings, cmp::ServerConfiguration& options) const {
  if (trust) options.certificate_trust = &*trust;
  options.secrets = &secrets;
  options.permissions = permissions;
  options.status = &crl_status;
  options.require_status = settings.revocation.require;
  options.answer_last_poll = settings.answer_last_poll;
  options.remember = settings.remember;
  options.max_delay = settings.max_delay;
  options.message_time_window = settings.message_time_window;
  options.mac_limits.max_iterations = settings.max_mac_iterations;
  options.limits.octets = settings.max_message;
  options.quota = settings.quota;
}

}  // namespace cmpkit::tools
