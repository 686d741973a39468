// What the configurations of a CA (ca.toml) and an RA (ra.toml) have in common, and how it is read.
#pragma once

#include <string>
#include <vector>

#include "cmpkit/cmp/server.h"
#include "tools/credentials.h"
#include "tools/listen_address.h"
#include "tools/settings.h"
#include "tools/store_choice.h"

namespace cmpkit::tools {

/// One row of [requesters.secrets].
struct SecretEntry {
  std::string reference;  // `*` for every reference that has no row of its own
  std::string source;     // pass:, file: or env:
};

/// One [[permission]]; its anchors are folders here.
struct PermissionEntry {
  cmp::Permission permission;
  std::vector<std::string> anchors;
};

/// [revocation]: which certificates of requesters were revoked.
struct RevocationSettings {
  std::vector<std::string> crls;  // files, and folders of them
  bool require = false;           // whose status is not known is refused
};

/// Paths are resolved against the folder of the server.
struct ServerSettings {
  std::string folder;  // of the server
  std::string file;    // the path of its configuration, for complaints
  ListenAddress listen;
  std::size_t max_message = 0;  // octets
  std::size_t max_connections = 0;
  unsigned workers = 0;  // threads
  StoreChoice store;

  CertificateAndKey cmp;             // signs the server's messages
  std::vector<std::string> trusted;  // folders of trust anchors for signed requests; empty: none are accepted
  std::vector<SecretEntry> secrets;  // beside those in the store
  std::vector<PermissionEntry> permissions;
  RevocationSettings revocation;

  bool answer_last_poll = false;
  std::chrono::seconds remember{}, max_delay{}, message_time_window{}, approval_poll{};
  std::int64_t max_mac_iterations = 0;
  cmp::Quota quota;
};

/// Reads the tables that both have. What is wrong is a complaint.
class ServerSettingsReader {
 protected:
  explicit ServerSettingsReader(ServerSettings& out) : out_(out) {}

  [[nodiscard]] std::string path(const std::string& text) const;
  /// The same inside `file:PATH`.
  [[nodiscard]] std::string source(const std::string& text) const;
  [[nodiscard]] std::vector<std::string> paths(std::vector<std::string> texts) const;

  void read_store(Settings& all);
  void read_server(Settings server, unsigned usual_workers);
  /// A table [name] with nothing else in it.
  CertificateAndKey read_certificate_and_key(Settings& all, const char* name);
  /// certificate, key, passphrase and chain of a table. Where they are missing, `name`.crt is an example.
  CertificateAndKey read_pair(Settings& table, const char* name);
  /// [requesters], [revocation] and each [[permission]].
  void read_requesters(Settings& all);
  /// A status that is required has to come from files, or be `fetched`.
  void check_revocation(Settings& all, bool fetched) const;
  /// The keys of [transactions] that both have.
  void read_common_transactions(Settings& table);

  static bool is_source(const std::string& text);

 private:
  void read_secrets(Settings& requesters);
  void read_revocation(Settings table);

  ServerSettings& out_;
};

/// The content of a TOML file. The error names file and line.
tl::expected<toml::table, std::string> parse_configuration(const std::string& file);

/// Reads and checks `folder`/`name`; `Reader` is a ServerSettingsReader. The errors are all that is wrong with it.
template <class Reader, class Configuration>
tl::expected<Configuration, Complaints> read_configuration_file(const std::string& folder, const char* name) {
  Configuration out;
  out.folder = folder;
  out.file = folder + (folder.ends_with('/') ? "" : "/") + name;
  const auto content = parse_configuration(out.file);
  if (!content) return tl::unexpected(Complaints{content.error()});
  Complaints complaints;
  Reader(out, complaints).read(*content);
  if (!complaints.empty()) return tl::unexpected(complaints);
  return out;
}

}  // namespace cmpkit::tools
