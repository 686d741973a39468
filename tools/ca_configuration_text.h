// The commented ca.toml that `cmpkit ca init` writes.
#pragma once

#include <string>
#include <vector>

#include "tools/ca_configuration.h"

namespace cmpkit::tools {

/// What differs from one new CA to the next.
struct NewCaConfiguration {
  std::string listen;                // `127.0.0.1:8080`
  std::string passphrase;            // source for the CA's key; empty: it is not encrypted
  cmp::SubjectRule::Kind subject;    // for both kinds of requests
  std::vector<SecretEntry> secrets;  // at least one
  bool manufacturer = false;         // it issues IDevIDs
};

/// The files are those of `cmpkit ca init`: ca.crt, ca.key, root.crt, cmp.crt, cmp.key, trusted/.
std::string ca_configuration_text(const NewCaConfiguration& configuration);

}  // namespace cmpkit::tools
