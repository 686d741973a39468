#include "tools/client_preparation.h"

#include <fmt/core.h>

#include "cmpkit/asn1/names.h"
#include "tools/credentials.h"
#include "tools/files.h"
#include "tools/info_items.h"
#include "tools/message_files.h"
#include "tools/secret_source.h"

namespace cmpkit::tools {
namespace {

/// What can be said without looking into any file.
Step check_combination(const ClientArguments& a) {
  const bool by_secret = !a.secret.empty();
  const bool by_certificate = !a.certificate.empty() || !a.key.empty();
  if (by_secret == by_certificate) return wrong("give --ref and --secret, or --cert and --key");
  if (by_secret && a.reference.empty()) return wrong("--secret needs --ref");
  if (by_certificate && a.certificate.empty()) return wrong("--key needs --cert");
  if (by_certificate && a.key.empty()) return wrong("--cert needs --key");
  if (!a.trusted.empty() && !a.server_certificate.empty()) return wrong("give --trusted or --srvcert, not both");
  if (by_certificate && a.trusted.empty() && a.server_certificate.empty())
    return wrong("--trusted is missing: without a root nothing that the server signs can be believed");
  if ((a.wait || a.no_wait) && a.save_file.empty() && a.resume_file.empty())
    return wrong("--wait and --no-wait need --save: a file for what is still awaited then");
  return {};
}

Step set_credential(const ClientArguments& a, cmp::ClientOptions& options) {
  if (!a.secret.empty()) {
    auto secret = naming("--secret", read_secret(a.secret));
    if (!secret) return tl::unexpected(secret.error());
    cmp::MacMethod method;
    if (a.mac == "pbmac1") method.kind = cmp::MacMethod::Kind::pbmac1;
    options.credential = cmp::SecretCredential{copy_of(bytes_of(a.reference)), std::move(*secret), method};
    return {};
  }
  const auto choice = signature_choice(a);
  if (!choice) return tl::unexpected(choice.error());
  auto credential = load_signature_credential({a.certificate, a.key, a.key_passphrase, a.extra_certificates, *choice});
  if (!credential) return tl::unexpected(credential.error());
  options.credential = std::move(*credential);
  return {};
}

Step set_trust(const ClientArguments& a, const cmp::Crypto& crypto, cmp::ClientOptions& options,
               std::unique_ptr<cmp::TrustStore>& trust) {
  if (!a.untrusted.empty()) {
    auto untrusted = load_certificates(a.untrusted);
    if (!untrusted) return tl::unexpected(untrusted.error());
    options.untrusted = std::move(*untrusted);
  }
  std::vector<std::string> files = a.trusted;
  if (!a.server_certificate.empty()) files.push_back(a.server_certificate);
  if (files.empty()) return {};
  auto loaded = load_trust(files, crypto);
  if (!loaded) return tl::unexpected(loaded.error());
  trust = std::move(*loaded);
  options.trust = trust.get();
  return {};
}

Step set_recipient(const ClientArguments& a, cmp::ClientOptions& options) {
  if (a.recipient.empty()) return {};
  auto recipient = naming("--recipient", asn1::parse_name(a.recipient));
  if (!recipient) return tl::unexpected(recipient.error());
  options.recipient = std::move(*recipient);
  return {};
}

Step set_tolerance(const ClientArguments& a, cmp::ClientOptions& options) {
  if (a.unprotected_errors) options.tolerance.allow(cmp::Deviation::unprotected_errors);
  for (const std::string& name : a.tolerated) {
    const auto deviation = cmp::deviation_named(name);
    if (!deviation) return wrong(fmt::format("--tolerate: {} is not known", name));
    options.tolerance.allow(*deviation);
  }
  return {};
}

Step set_general_info(const ClientArguments& a, cmp::ClientOptions& options) {
  for (const std::string& text : a.general_info) {
    auto item = naming("--geninfo", parse_info_item(text));
    if (!item) return tl::unexpected(item.error());
    options.general_info.push_back(std::move(*item));
  }
  return {};
}

void set_waiting(const ClientArguments& a, cmp::ClientOptions& options) {
  options.max_poll_time = std::chrono::seconds{a.total_timeout};
  options.retry.later = a.retries;  // E-14
  options.retry.interval = std::chrono::seconds{a.retry_wait};
}

}  // namespace

Step wrong(std::string text) { return tl::unexpected(std::move(text)); }

Step prepare_client(const ClientArguments& a, const cmp::Crypto& crypto, cmp::ClientOptions& options,
                    std::unique_ptr<cmp::TrustStore>& trust) {
  set_waiting(a, options);
  return check_combination(a)
      .and_then([&] { return set_credential(a, options); })
      .and_then([&] { return set_trust(a, crypto, options, trust); })
      .and_then([&] { return set_recipient(a, options); })
      .and_then([&] { return set_tolerance(a, options); })
      .and_then([&] { return set_general_info(a, options); });
}

tl::expected<std::unique_ptr<cmp::TrustStore>, std::string> load_trust(const std::vector<std::string>& files,
                                                                       const cmp::Crypto& crypto) {
  auto anchors = load_certificates(files);
  if (!anchors) return tl::unexpected(anchors.error());
  auto trust = cmp::TrustStore::make(crypto, std::move(*anchors));
  if (!trust) return tl::unexpected(fmt::format("{}: {}", files.front(), trust.error().text));
  return std::make_unique<cmp::TrustStore>(std::move(*trust));
}

Step check_writable(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    if (path.empty()) continue;
    if (auto writable = can_write(path); !writable) return writable;
  }
  return {};
}

Step check_outputs(const ClientArguments& a) {
  std::vector<std::string> paths{a.save_file, a.resume_file};
  for (const std::string& list : {a.requests_out, a.responses_out}) {
    const auto names = MessageFiles(list).names();
    paths.insert(paths.end(), names.begin(), names.end());
  }
  return check_writable(paths);
}

tl::expected<cmp::SignatureChoice, std::string> signature_choice(const ClientArguments& a) {
  if (a.digest.empty()) return cmp::SignatureChoice{};
  const auto digest = cmp::digest_named(a.digest);
  if (!digest) return tl::unexpected(fmt::format("--digest: {} is not known", a.digest));
  return cmp::SignatureChoice{.digest = digest};
}

Octets name_in_certificate(const cmp::Credential& credential, asn1::Name (cmp::CertificateView::*name)() const) {
  const auto* ours = std::get_if<cmp::SignatureCredential>(&credential);
  if (ours == nullptr) return {};
  const auto view = cmp::CertificateView::decode(ours->chain.front());  // has been decoded before
  return copy_of(((*view).*name)().tlv);
}

}  // namespace cmpkit::tools
