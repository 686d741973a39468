// ca.toml: the configuration of `cmpkit ca serve`.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cmpkit/cmp/certificate_profile.h"
#include "cmpkit/cmp/responder.h"
#include "tools/credentials.h"
#include "tools/listen_address.h"
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

/// Where certificates say that CRL and CA certificate are found, and how the CRLs are made.
struct Publishing {
  std::string url;  // without a final slash; empty: certificates say nothing
  std::uint32_t partitions = 1;
  std::chrono::seconds validity{}, renew_before{};
};

/// How often a client has to poll for an answer, by the type of its request: for tests of clients.
struct Delays {
  std::map<asn1::PKIBody::Type, unsigned> polls;
  std::chrono::seconds check_after{};
};

/// [key_generation]: the CA makes keys for who asks (RFC 9483 Section 4.1.6).
struct KeyGenerationSettings {
  CertificateAndKey signer;               // of the key packages
  cmp::KeyGenerationAuthority authority;  // all but its credential
};

/// All of ca.toml. Paths are resolved against the folder of the CA.
struct CaConfiguration {
  std::string folder;  // of the CA
  std::string file;    // the path of ca.toml, for complaints
  ListenAddress listen;
  std::size_t max_message = 0;  // octets
  std::size_t max_connections = 0;
  unsigned workers = 0;  // threads
  StoreChoice store;

  CertificateAndKey ca;                // issues
  std::vector<std::string> ca_pubs;    // files: trust anchors handed out in ip
  std::string encryption_certificate;  // file: for caProtEncCert; empty: none
  CertificateAndKey cmp;               // signs the CA's messages

  std::optional<KeyGenerationSettings> key_generation;  // none: the CA makes no keys

  Publishing publishing;
  std::vector<std::string> trusted;  // folders of trust anchors for signed requests; empty: none are accepted
  std::vector<SecretEntry> secrets;  // beside those in the store
  std::vector<PermissionEntry> permissions;
  Delays delays;

  bool implicit_confirm = false, refuse_used_keys = false, revoke_rejected = false, several_per_message = false,
       answer_last_poll = false;
  std::chrono::seconds confirm_wait{}, remember{}, max_delay{}, message_time_window{}, approval_poll{};
  std::int64_t max_mac_iterations = 0;
  cmp::Quota quota;
  std::vector<cmp::CertificateProfile> profiles;
};

/// Reads and checks `folder`/ca.toml. The errors are all that is wrong with it, each with file, line, key and what to
/// write instead. Files that it names are not looked at.
tl::expected<CaConfiguration, std::vector<std::string>> read_ca_configuration(const std::string& folder);

}  // namespace cmpkit::tools
