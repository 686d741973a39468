// ca.toml: the configuration of `cmpkit ca serve`.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cmpkit/cmp/certificate_profile.h"
#include "cmpkit/cmp/responder.h"
#include "tools/server_settings.h"

namespace cmpkit::tools {

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

/// All of ca.toml.
struct CaConfiguration : ServerSettings {
  CertificateAndKey ca;                // issues
  std::vector<std::string> ca_pubs;    // files: trust anchors handed out in ip
  std::string encryption_certificate;  // file: for caProtEncCert; empty: none

  std::optional<KeyGenerationSettings> key_generation;  // none: the CA makes no keys

  Publishing publishing;
  Delays delays;

  bool implicit_confirm = false, refuse_used_keys = false, revoke_rejected = false, several_per_message = false;
  std::chrono::seconds confirm_wait{};
  std::vector<cmp::CertificateProfile> profiles;
};

/// Reads and checks `folder`/ca.toml. The errors are all that is wrong with it, each with file, line, key and what to
/// write instead. Files that it names are not looked at.
tl::expected<CaConfiguration, std::vector<std::string>> read_ca_configuration(const std::string& folder);

}  // namespace cmpkit::tools
