#include "tools/credentials.h"

#include <fmt/core.h>

#include "cmpkit/cmp/certificate.h"
#include "cmpkit/cmp/pem.h"
#include "tools/files.h"
#include "tools/secret_source.h"

namespace cmpkit::tools {
namespace {

/// The passphrase that a source names; none for an empty one.
tl::expected<std::string, std::string> passphrase_from(const std::string& source) {
  if (source.empty()) return std::string{};
  return read_secret(source).map([](const Octets& secret) { return std::string(text_of(secret)); });
}

tl::unexpected<std::string> about(const std::string& path, const std::string& text) {
  return tl::unexpected(fmt::format("{}: {}", path, text));
}

}  // namespace

tl::expected<std::vector<Octets>, std::string> load_certificates(const std::vector<std::string>& paths) {
  std::vector<Octets> all;
  for (const std::string& path : paths) {
    const auto file = read_file(path);
    if (!file) return tl::unexpected(file.error());
    auto certificates = cmp::read_certificates(*file);
    if (!certificates) return about(path, certificates.error().text);
    for (Octets& certificate : *certificates) all.push_back(std::move(certificate));
  }
  return all;
}

tl::expected<cmp::PrivateKey, std::string> load_private_key(const std::string& path, const std::string& passphrase) {
  const auto file = read_file(path);
  if (!file) return tl::unexpected(file.error());
  const auto secret = passphrase_from(passphrase);
  if (!secret) return tl::unexpected(secret.error());
  auto key = cmp::PrivateKey::load(*file, *secret);
  if (!key) return about(path, key.error().text);
  return std::move(*key);
}

tl::expected<cmp::SignatureCredential, std::string> load_signature_credential(const CertificateAndKey& files) {
  cmp::SignatureCredential credential;
  auto key = load_private_key(files.key, files.key_passphrase);
  if (!key) return tl::unexpected(key.error());
  auto signer = key->signer(files.choice);
  if (!signer) return about(files.key, signer.error().text);
  credential.signer = std::move(*signer);

  std::vector<std::string> paths{files.certificate};
  paths.insert(paths.end(), files.extra_certificates.begin(), files.extra_certificates.end());
  auto chain = load_certificates(paths);
  if (!chain) return tl::unexpected(chain.error());
  credential.chain = std::move(*chain);

  const auto certificate = cmp::CertificateView::decode(credential.chain.front());
  if (!certificate) return about(files.certificate, certificate.error().text());
  if (!same_octets(certificate->public_key(), key->public_key())) {
    return tl::unexpected(fmt::format("{} is not the key of the certificate in {}", files.key, files.certificate));
  }
  return credential;
}

tl::expected<void, std::string> store_private_key(const cmp::PrivateKey& key, const std::string& path,
                                                  const std::string& passphrase) {
  const auto secret = passphrase_from(passphrase);
  if (!secret) return tl::unexpected(secret.error());
  const auto pem = key.to_pem(*secret);
  if (!pem) return about(path, pem.error().text);
  return write_file(path, bytes_of(*pem), Access::owner_only);
}

tl::expected<NewKey, std::string> load_or_generate_key(const std::string& path, const std::string& type,
                                                       const std::string& passphrase) {
  if (file_exists(path)) {
    auto key = load_private_key(path, passphrase);
    if (!key) return tl::unexpected(key.error());
    return NewKey{std::move(*key), false};
  }
  auto key = cmp::PrivateKey::generate(type);
  if (!key) return tl::unexpected(fmt::format("no key of type {}: {}", type, key.error().text));
  if (auto stored = store_private_key(*key, path, passphrase); !stored) return tl::unexpected(stored.error());
  return NewKey{std::move(*key), true};
}

}  // namespace cmpkit::tools
