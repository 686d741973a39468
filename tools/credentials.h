// What a person brings along to prove who they are and to say whom they believe, read from files.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "cmpkit/cmp/credential.h"
#include "cmpkit/cmp/keys.h"

namespace cmpkit::tools {

/// All certificates of the files, in their order. The error is a sentence that names the file.
tl::expected<std::vector<Octets>, std::string> load_certificates(const std::vector<std::string>& paths);

/// The private key of a file; `passphrase` is a source as read_secret() takes it, empty for none.
tl::expected<cmp::PrivateKey, std::string> load_private_key(const std::string& path, const std::string& passphrase);

/// A file with a certificate and any issuers of it, and a file with its key.
struct CertificateAndKey {
  std::string certificate, key, key_passphrase;
  std::vector<std::string> extra_certificates;  // further issuers
  cmp::SignatureChoice choice;
};

/// Loads them and checks that the key is that of the certificate.
tl::expected<cmp::SignatureCredential, std::string> load_signature_credential(const CertificateAndKey& files);

/// Writes a key as PEM, readable by the owner only; encrypted where the passphrase's source is not empty.
tl::expected<void, std::string> store_private_key(const cmp::PrivateKey& key, const std::string& path,
                                                  const std::string& passphrase);

/// A key to certify.
struct NewKey {
  cmp::PrivateKey key;
  bool generated;  // now, and stored
};

/// The key in the file. Where there is no file, makes a key of this type and stores it there, readable by the owner
/// only: a certificate for a key that is lost would be of no use.
tl::expected<NewKey, std::string> load_or_generate_key(const std::string& path, const std::string& type,
                                                       const std::string& passphrase);

}  // namespace cmpkit::tools
