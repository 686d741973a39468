// ca.toml: the configuration of `cmpkit ca serve`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cmpkit/cmp/certificate_profile.h"
#include "cmpkit/cmp/responder.h"
#include "tools/credentials.h"
#include "tools/listen_address.h"

namespace cmpkit::tools {

/// One row of [by_secret.secrets].
struct SecretEntry {
  std::string reference;  // `*` for every reference that has no row of its own
  std::string source;     // pass:, file: or env:
};

/// Requests protected by a shared secret.
struct BySecret {
  cmp::SubjectRule::Kind subject;
  std::vector<SecretEntry> secrets;
};

/// Requests signed by the key of a certificate.
struct ByCertificate {
  cmp::SubjectRule::Kind subject;
  std::string trusted;  // folder of trust anchors
};

/// All of ca.toml. Paths are resolved against the folder of the CA.
struct CaConfiguration {
  std::string file;  // the path of ca.toml, for complaints
  ListenAddress listen;
  std::size_t max_message = 0;  // octets
  std::size_t max_connections = 0;

  CertificateAndKey ca;              // issues
  std::vector<std::string> ca_pubs;  // files: trust anchors handed out in ip
  CertificateAndKey cmp;             // signs the CA's messages

  std::optional<BySecret> by_secret;            // nothing: such requests are not accepted
  std::optional<ByCertificate> by_certificate;  // nothing: such requests are not accepted

  bool implicit_confirm = false, refuse_used_keys = false;
  std::chrono::seconds confirm_wait{}, remember{}, message_time_window{};
  std::int64_t max_mac_iterations = 0;
  std::vector<cmp::CertificateProfile> profiles;
};

/// Reads and checks `folder`/ca.toml. The errors are all that is wrong with it, each with file, line, key and what to
/// write instead. Files that it names are not looked at.
tl::expected<CaConfiguration, std::vector<std::string>> read_ca_configuration(const std::string& folder);

}  // namespace cmpkit::tools
