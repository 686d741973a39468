// The keys and certificates of a new CA.
#pragma once

#include <string>

#include "cmpkit/cmp/environment.h"
#include "cmpkit/cmp/keys.h"

namespace cmpkit::tools {

struct KeyAndCertificate {
  cmp::PrivateKey key;
  Octets certificate;
};

struct CaHierarchy {
  KeyAndCertificate root;  // certifies the issuing CA; not needed by a running CA
  KeyAndCertificate ca;    // certifies everybody else
  KeyAndCertificate cmp;   // signs CMP messages for the CA
  KeyAndCertificate kga;   // signs the packages of keys that the CA generates
};

/// How long root and issuing CA are good.
enum class CaLifetime {
  limited,  // 20 and 10 years
  endless,  // 99991231235959Z (RFC 5280 Section 4.1.2.5): what they issue is checked as long as the devices live
};

/// Makes four keys of this type (as PrivateKey::generate() takes it) and their certificates. `subject` (`/O=../CN=..`)
/// is the name of the issuing CA; the others are named after it. The signers end after 5 years. The error is
/// a sentence.
tl::expected<CaHierarchy, std::string> make_ca_hierarchy(const std::string& key_type, const std::string& subject,
                                                         CaLifetime lifetime, const cmp::Environment& environment);

}  // namespace cmpkit::tools
