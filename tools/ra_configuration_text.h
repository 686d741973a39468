// The commented ra.toml that `cmpkit ra init` writes.
#pragma once

#include <string>
#include <vector>

#include "tools/ra_configuration.h"

namespace cmpkit::tools {

/// What differs from one new RA to the next.
struct NewRaConfiguration {
  std::string listen;                // `127.0.0.1:8081`
  UpstreamEntry::Kind kind{};        // of its upstream
  std::string upstream;              // http: URL
  std::string passphrase;            // source for the RA's key; empty: it is not encrypted
  std::vector<SecretEntry> secrets;  // of devices
};

/// The files are those of `cmpkit ra init`: ra.crt, ra.chain.crt, ra.key, trusted/, operator/.
std::string ra_configuration_text(const NewRaConfiguration& configuration);

/// sign.sh, for an upstream that is a command.
std::string_view sign_program_text();

}  // namespace cmpkit::tools
