// The certificates that `cmpkit ra revoke` is told to revoke, by their files or serial numbers.
#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "cmpkit/octets.h"

namespace cmpkit::tools {

struct RevocationItem {
  std::string name;    // as it was written
  Octets certificate;  // DER; empty: it is known by
  Octets serial;       // ... its number, content octets of the INTEGER
};

/// One of them: the path of a file with the certificate (PEM or DER; what follows it there is passed over), or else a
/// serial number in hexadecimal. The error is a sentence.
tl::expected<RevocationItem, std::string> read_revocation_item(const std::string& text);

/// One in each line of this file; empty lines, and what follows a `#`, say nothing. The errors name file and line, and
/// are about all that is wrong with it.
tl::expected<std::vector<RevocationItem>, std::vector<std::string>> read_revocation_list(const std::string& path);

}  // namespace cmpkit::tools
