// ra.toml: the configuration of `cmpkit ra serve`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cmpkit/cmp/relay.h"
#include "tools/server_settings.h"

namespace cmpkit::tools {

/// One [[upstream]].
struct UpstreamEntry {
  enum class Kind {
    http,     // a CMP server
    files,    // a folder out and a folder in, carried by hand
    command,  // a program: PKCS #10 -> certificate
  };
  std::string name;
  Kind kind{};

  std::string url;                                   // http
  bool labels = true;                                // http: operation and profile are added to its path
  std::chrono::seconds timeout{};                    // http: of one message and its answer; command: of the program
  std::string out, in;                               // files: folders
  std::vector<std::string> command, revoke_command;  // program and arguments; revoke_command may be empty
  std::string issuer;                                // command: file with the certificate that issues, and its chain

  std::optional<CertificateAndKey> certificate;  // protects what we send
  std::optional<SecretEntry> secret;             // ... or this; neither: the RA's own certificate
  std::vector<std::string> trusted;              // folders of trust anchors for signed answers
  std::string sender;                            // such a name: whose certificate signs its answers; empty: anybody's
  std::string recipient;                         // a name as asn1::parse_name() takes it; empty: as the client wrote
  cmp::Tolerance tolerance;
  bool online = true;
  std::size_t batch = 0;
  std::chrono::seconds check_after{}, give_up{};
};

/// One [[vendor]].
struct VendorEntry {
  std::string name;
  std::vector<std::string> anchors;  // folders
};

/// [inventory] and [approval]: a policy that is asked about requests by some permissions.
struct PolicySettings {
  bool on = false;
  std::vector<std::string> permissions;  // their names; empty: all
};

/// [cache]: what general messages are answered with without asking upstream.
struct CacheSettings {
  std::string upstream;  // UpstreamEntry::name, of kind http; empty: there is no cache
  bool ca_certificates = false;
  std::vector<std::string> crls_of;  // files with certificates: the CRLs that tell about these
  std::chrono::seconds refresh{};
};

/// All of ra.toml. Paths are resolved against the folder of the RA.
struct RaConfiguration : ServerSettings {
  std::vector<VendorEntry> vendors;
  PolicySettings inventory, approval;
  std::vector<UpstreamEntry> upstreams;
  std::vector<cmp::Route> routes;
  CacheSettings cache;
  unsigned max_nesting = 0;
  std::size_t max_batch = 0;
  std::chrono::seconds batch_interval{};

  [[nodiscard]] const UpstreamEntry* upstream(std::string_view name) const;
};

/// Reads and checks `folder`/ra.toml. The errors are all that is wrong with it, each with file, line, key and what to
/// write instead. Files that it names are not looked at.
tl::expected<RaConfiguration, std::vector<std::string>> read_ra_configuration(const std::string& folder);

}  // namespace cmpkit::tools
