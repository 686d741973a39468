#include "tools/server_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "tools/files.h"
#include "tools/permission_settings.h"

namespace cmpkit::tools {

std::string ServerSettingsReader::path(const std::string& text) const {
  return text.empty() ? text : (std::filesystem::path(out_.folder) / text).string();
}

std::string ServerSettingsReader::source(const std::string& text) const {
  constexpr std::string_view file = "file:";
  return text.starts_with(file) ? fmt::format("{}{}", file, path(text.substr(file.size()))) : text;
}

std::vector<std::string> ServerSettingsReader::paths(std::vector<std::string> texts) const {
  for (std::string& text : texts) text = path(text);
  return texts;
}

void ServerSettingsReader::read_store(Settings& all) {
  if (const auto store = parse_store_choice(all.text("store", "sqlite"), out_.folder))
    out_.store = *store;
  else
    all.complain("store", store_choices);
}

void ServerSettingsReader::read_server(Settings server, unsigned usual_workers) {
  const std::string listen = server.required_text("listen", "127.0.0.1:8080");
  if (const auto address = parse_listen_address(listen))
    out_.listen = *address;
  else if (!listen.empty())
    server.complain("listen", "write address and port, such as \"127.0.0.1:8080\" or \"[::1]:8080\"");
  out_.max_message = static_cast<std::size_t>(server.number("max_message", 1 << 20, 1024, 1 << 28));
  out_.max_connections = static_cast<std::size_t>(server.number("max_connections", 1000, 1, 1'000'000));
  out_.workers = static_cast<unsigned>(server.number("workers", usual_workers, 1, 10'000));
  server.refuse_other_keys();
}

CertificateAndKey ServerSettingsReader::read_certificate_and_key(Settings& all, const char* name) {
  Settings table = all.table(name);
  CertificateAndKey out = read_pair(table, name);
  table.refuse_other_keys();
  return out;
}

CertificateAndKey ServerSettingsReader::read_pair(Settings& table, const char* name) {
  CertificateAndKey out;
  out.certificate = path(table.required_text("certificate", fmt::format("{}.crt", name).c_str()));
  out.key = path(table.required_text("key", fmt::format("{}.key", name).c_str()));
  out.key_passphrase = source(table.text("passphrase", {}));
  out.extra_certificates = paths(table.texts("chain", {}));
  return out;
}

bool ServerSettingsReader::is_source(const std::string& text) {
  return text.starts_with("pass:") || text.starts_with("file:") || text.starts_with("env:");
}

void ServerSettingsReader::read_secrets(Settings& requesters) {
  for (auto& [reference, text] : requesters.table("secrets").free_texts()) {
    if (!is_source(text))
      requesters.complain(
          "secrets",
          fmt::format("the secret of \"{}\": write \"pass:SECRET\", \"file:PATH\" or \"env:VARIABLE\"", reference));
    out_.secrets.push_back({reference, source(text)});
  }
}

void ServerSettingsReader::read_revocation(Settings table) {
  out_.revocation.crls = paths(table.texts("crls", {}));
  out_.revocation.require = table.flag("require", false);
  table.refuse_other_keys();
}

void ServerSettingsReader::check_revocation(Settings& all, bool fetched) const {
  if (out_.revocation.require && out_.revocation.crls.empty() && !fetched)
    all.complain("revocation", "nobody's status would be known; write crls = [\"crls\"], or require = false");
}

void ServerSettingsReader::read_requesters(Settings& all) {
  Settings table = all.table("requesters");
  out_.trusted = paths(table.texts("trusted", {}));
  read_secrets(table);
  table.refuse_other_keys();
  read_revocation(all.table("revocation"));
  for (Settings& each : all.tables("permission")) {
    PermissionEntry entry = read_permission(each);
    entry.anchors = paths(std::move(entry.anchors));
    out_.permissions.push_back(std::move(entry));
  }
  if (out_.permissions.empty())
    all.complain("permission", "no request would be accepted; write [[permission]] and below it who may do what");
  // Secrets may be in the store only, which is not looked at.
  const bool by_secret = std::ranges::any_of(out_.permissions, [](const PermissionEntry& entry) {
    return entry.permission.who == cmp::Permission::Who::secret;
  });
  if (out_.trusted.empty() && !by_secret)
    all.complain("requesters", "nobody would be known; write trusted = [\"trusted\"], or a permission by secret");
}

void ServerSettingsReader::read_common_transactions(Settings& table) {
  const cmp::ServerConfiguration usual;
  out_.answer_last_poll = table.flag("answer_last_poll", usual.answer_last_poll);
  out_.remember = table.duration("remember", usual.remember);
  out_.max_delay = table.duration("max_delay", usual.max_delay);
  out_.approval_poll = table.duration("approval_poll", cmp::Waiting{}.check_after);
  out_.message_time_window = table.duration("message_time_window", usual.message_time_window);
  out_.max_mac_iterations = table.number("max_mac_iterations", usual.mac_limits.max_iterations, 1000, 100'000'000);
  const auto open = [&](const char* key, std::size_t fallback) {
    return static_cast<std::size_t>(table.number(key, static_cast<std::int64_t>(fallback), 0, 1'000'000'000));
  };
  out_.quota = {open("open_per_requester", usual.quota.per_sender), open("open_in_all", usual.quota.in_all)};
}

tl::expected<toml::table, std::string> parse_configuration(const std::string& file) {
  const auto content = read_file(file);
  if (!content) return tl::unexpected(content.error());
  try {
    return toml::parse(text_of(*content));
  } catch (const toml::parse_error& error) {
    return tl::unexpected(fmt::format("{}:{}: {}", file, error.source().begin.line, error.description()));
  }
}

}  // namespace cmpkit::tools
