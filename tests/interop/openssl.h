// OpenSSL's command line as a peer, and as the maker of the keys and certificates that a test needs.
#pragma once

#include <optional>
#include <string>

#include "tests/support/process.h"

namespace cmpkit::test::openssl {

/// Why it cannot be a peer here: it is not installed, or has no `cmp`. Nothing where it can.
const std::optional<std::string>& missing();

/// `OpenSSL 3.0.17 ...`
const std::string& version();

/// Whether `openssl cmp` knows this option, such as `-profile`.
bool client_has(const std::string& option);

/// Runs `openssl ARGUMENTS...`; a failed run fails the test.
void must(const Arguments& arguments);

/// Runs `openssl cmp ARGUMENTS...` without any configuration file.
Finished cmp(const Arguments& arguments);

/// A private key: `ec`, `rsa` or `ed25519`.
void make_key(const std::string& type, const std::string& path);

struct KeyAndCertificate {
  std::string key, certificate;  // paths
};

/// A self-signed CA.
void make_root(const KeyAndCertificate& files, const std::string& subject);

/// An end entity's certificate for digitalSignature, and for these purposes (OIDs; none: any).
void make_certificate(const KeyAndCertificate& files, const std::string& subject, const KeyAndCertificate& issuer,
                      const std::string& purposes = {});

/// A PKCS #10 request.
void make_request(const std::string& key, const std::string& subject, const std::string& path);

/// Whether the certificate is one for the key, with a path over the CA to the root.
bool is_good_certificate(const std::string& certificate, const std::string& key, const std::string& ca,
                         const std::string& root);

}  // namespace cmpkit::test::openssl
