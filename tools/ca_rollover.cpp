// `cmpkit ca rollover`: gives a CA a new root (RFC 9810 Section 4.4). The issuing CA keeps its name and key and is
// certified again, below the new root; who trusts the old root gets there over newWithOld.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/ca_certificates.h"
#include "cmpkit/cmp/certificate.h"
#include "cmpkit/cmp/pem.h"
#include "tools/ca.h"
#include "tools/ca_configuration.h"
#include "tools/certificate_summary.h"
#include "tools/files.h"
#include "tools/root_updates.h"
#include "tools/secret_source.h"
#include "tools/system_clock.h"

namespace cmpkit::tools {
namespace {

namespace fs = std::filesystem;
using Done = tl::expected<void, std::string>;
template <class T>
using Made = tl::expected<T, std::string>;

struct NewRoot {
  cmp::PrivateKey key;
  cmp::RootRollover certificates;
  Octets ca;  // the issuing CA's certificate below it
};

std::string in(const std::string& folder, const char* name) { return (fs::path(folder) / name).string(); }

std::string pem(const Octets& certificate) { return cmp::encode_pem("CERTIFICATE", certificate); }

/// For as long as the certificate that is replaced was good.
cmp::Time end_after(const cmp::CertificateView& old, cmp::Time now) {
  return now + (old.not_after() - old.not_before());
}

template <class T>
Made<T> told(cmp::CryptoResult<T> result) {
  if (!result) return tl::unexpected(result.error().text);
  return std::move(*result);
}

Made<NewRoot> make_new_root(const CaConfiguration& configuration, const std::string& key_type) {
  const std::string& folder = configuration.folder;
  const auto root = load_signature_credential(
      {in(folder, "root.crt"), in(folder, "root.key"), configuration.ca.key_passphrase, {}, {}});
  if (!root) return tl::unexpected(root.error());
  const auto ca = load_certificates({configuration.ca.certificate});
  if (!ca) return tl::unexpected(ca.error());
  const SystemClock clock;
  const cmp::Environment environment{clock, cmp::system_random(), cmp::botan_crypto()};
  const auto old_root = cmp::CertificateView::decode(root->chain.front());
  const auto old_ca = cmp::CertificateView::decode(ca->front());
  if (!old_root || !old_ca) return tl::unexpected(std::string("a certificate of the CA is unreadable"));

  const std::string type = key_type.empty() ? key_text(old_root->public_key(), environment.crypto) : key_type;
  auto key = told(cmp::PrivateKey::generate(type));
  if (!key) return tl::unexpected(key.error());
  const auto signer = told(key->signer());
  if (!signer) return tl::unexpected(signer.error());
  const cmp::Time now = clock.now();
  auto certificates = told(
      cmp::make_root_rollover({root->chain.front(), *root->signer}, **signer, end_after(*old_root, now), environment));
  if (!certificates) return tl::unexpected(certificates.error());
  auto below =
      told(cmp::make_issuing_ca_certificate({certificates->new_with_new, **signer}, old_ca->subject().tlv,
                                            old_ca->public_key(), {now, end_after(*old_ca, now)}, environment));
  if (!below) return tl::unexpected(below.error());
  return NewRoot{std::move(*key), std::move(*certificates), std::move(*below)};
}

Done copy(const std::string& from, const std::string& to, Access access) {
  const auto content = read_file(from);
  if (!content) return tl::unexpected(content.error());
  return write_file(to, *content, access);
}

/// First what is old is put aside, in a folder that counts only once it is whole; then the new takes its place.
Done store(const CaConfiguration& configuration, const NewRoot& made) {
  const std::string& folder = configuration.folder;
  std::string passphrase;
  if (!configuration.ca.key_passphrase.empty()) {
    const auto secret = read_secret(configuration.ca.key_passphrase);
    if (!secret) return tl::unexpected(secret.error());
    passphrase = text_of(*secret);
  }
  const auto key = told(made.key.to_pem(passphrase));
  if (!key) return tl::unexpected(key.error());

  const unsigned n = count_rollovers(folder) + 1;
  const RolloverFiles files(folder, n);
  const RolloverFiles unfinished(folder, 0);  // not counted
  std::error_code error;
  fs::remove_all(unfinished.folder, error);
  fs::create_directories(unfinished.folder, error);
  const auto write = [](const std::string& path, const std::string& text, Access access = Access::shared) {
    return write_file(path, bytes_of(text), access);
  };
  auto done = copy(in(folder, "root.crt"), unfinished.old_root, Access::shared)
                  .and_then([&] { return copy(in(folder, "root.key"), unfinished.old_root_key, Access::owner_only); })
                  .and_then([&] { return copy(configuration.ca.certificate, unfinished.old_ca, Access::shared); })
                  .and_then([&] { return write(unfinished.new_with_old, pem(made.certificates.new_with_old)); })
                  .and_then([&] { return write(unfinished.old_with_new, pem(made.certificates.old_with_new)); });
  if (!done) return done;
  fs::rename(unfinished.folder, files.folder, error);
  if (error) return tl::unexpected(fmt::format("cannot make {}: {}", files.folder, error.message()));
  done = write(in(folder, "root.key"), *key, Access::owner_only)
             .and_then([&] { return write(in(folder, "root.crt"), pem(made.certificates.new_with_new)); })
             .and_then([&] { return write(configuration.ca.certificate, pem(made.ca)); });
  // Our own certificates come to it from now on, those of RAs, too.
  std::vector<std::string> folders;
  if (!configuration.trusted.empty()) folders.push_back(configuration.trusted.front());
  if (fs::is_directory(in(folder, "operator"), error)) folders.push_back(in(folder, "operator"));
  for (const std::string& each : folders)
    if (done) done = write(fmt::format("{}/root-{}.crt", each, n + 1), pem(made.certificates.new_with_new));
  return done;
}

void print_result(const CaConfiguration& configuration, const NewRoot& made) {
  const std::string& folder = configuration.folder;
  const RolloverFiles files(folder, count_rollovers(folder));
  if (const auto summary = summarize_certificate(made.certificates.new_with_new, cmp::botan_crypto()))
    fmt::print("new root {}, {}, until {}\n", summary->subject, summary->key, summary->not_after);
  fmt::print("  {}, root.key: the new root\n", in(folder, "root.crt"));
  fmt::print("  {}: the issuing CA below it, same name and key\n", configuration.ca.certificate);
  fmt::print("  {}: the old root with its key, new-with-old.crt and old-with-new.crt\n", files.folder);
  fmt::print("Clients that trust the old root go on as before, and get the new one by cmpkit genm rootCaCert.\n");
  fmt::print("root.key and old-root.key are not needed to run the CA: keep them somewhere else.\n\n");
  fmt::print("next: stop and start cmpkit ca serve {}\n", folder);
}

int ca_rollover(const std::string& folder, const std::string& key_type) {
  const auto configuration = read_ca_configuration(folder);
  if (!configuration) return misused(configuration.error().front(), "correct this; nothing was changed");
  const auto made = make_new_root(*configuration, key_type);
  if (!made) return fail(made.error(), "the old root's key is needed once more, as root.key; nothing was changed");
  if (const auto stored = store(*configuration, *made); !stored)
    return fail(stored.error(), "see that the disk has room and the folder can be written");
  print_result(*configuration, *made);
  return exit_ok;
}

}  // namespace

void add_ca_rollover(CLI::App& ca, Action& action) {
  CLI::App* command = ca.add_subcommand("rollover", "Give a CA a new root, with link certificates from and to the old");
  auto folder = std::make_shared<std::string>();
  auto key = std::make_shared<std::string>();
  command->add_option("DIR", *folder, "Folder made by cmpkit ca init")->required();
  command->add_option("--key", *key, "Type of the new root's key; default: as the old one");
  command->callback([folder, key, &action] { action = [folder, key] { return ca_rollover(*folder, *key); }; });
}

}  // namespace cmpkit::tools
