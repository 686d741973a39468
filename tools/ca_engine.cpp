#include "tools/ca_engine.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/certificate_authority.h"
#include "tools/secret_source.h"
#include "tools/system_clock.h"

namespace cmpkit::tools {
namespace {

/// The rows of [by_secret.secrets], read when the CA starts.
class SecretTable final : public cmp::SharedSecrets {
 public:
  void add(const std::string& reference, Octets secret) { secrets_[reference] = std::move(secret); }

  [[nodiscard]] std::optional<Octets> find(Bytes reference) const override {
    auto it = secrets_.find(text_of(reference));
    if (it == secrets_.end()) it = secrets_.find("*");
    return it == secrets_.end() ? std::nullopt : std::optional(it->second);
  }

 private:
  std::map<std::string, Octets, std::less<>> secrets_;
};

/// Adds what it is about to an error and keeps it; nothing in place of the value.
class Loading {
 public:
  explicit Loading(std::string file) : file_(std::move(file)) {}

  template <class T>
  std::optional<T> operator()(const char* setting, tl::expected<T, std::string> value) {
    if (value) return std::move(*value);
    complain(setting, value.error());
    return std::nullopt;
  }
  void complain(const char* setting, const std::string& text) {
    complaints_.push_back(fmt::format("{}: {}: {}", file_, setting, text));
  }
  [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  std::string file_;
  std::vector<std::string> complaints_;
};

/// The certificates of all files of a folder but hidden ones.
tl::expected<std::vector<Octets>, std::string> load_folder(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error))
    if (entry.is_regular_file() && !entry.path().filename().string().starts_with('.'))
      paths.push_back(entry.path().string());
  if (error) return tl::unexpected(fmt::format("cannot read the folder {}: {}", folder, error.message()));
  if (paths.empty())
    return tl::unexpected(fmt::format("no certificate is in the folder {}; put the trust anchors there", folder));
  return load_certificates(paths);
}

tl::expected<cmp::TrustStore, std::string> load_trust(const std::string& folder) {
  auto anchors = load_folder(folder);
  if (!anchors) return tl::unexpected(anchors.error());
  auto store = cmp::TrustStore::make(cmp::botan_crypto(), std::move(*anchors));
  if (!store) return tl::unexpected(fmt::format("{}: {}", folder, store.error().text));
  return std::move(*store);
}

}  // namespace

struct CaEngine::Parts {
  SystemClock clock;
  cmp::Environment environment{clock, cmp::system_random(), cmp::botan_crypto()};
  SecretTable secrets;
  std::optional<cmp::TrustStore> trust;
  std::unique_ptr<cmp::Store> store = cmp::memory_store();
  Octets certificate;
  std::unique_ptr<cmp::CertificateAuthority> authority;
  std::unique_ptr<cmp::Responder> responder;

  void load_authority(const CaConfiguration& configuration, Loading& load);
  void load_requesters(const CaConfiguration& configuration, Loading& load);
  void load_responder(const CaConfiguration& configuration, Loading& load);
};

void CaEngine::Parts::load_authority(const CaConfiguration& configuration, Loading& load) {
  auto credential = load("[ca]", load_signature_credential(configuration.ca));
  auto ca_pubs = load("[ca] ca_pubs", load_certificates(configuration.ca_pubs));
  if (!credential || !ca_pubs) return;
  certificate = credential->chain.front();
  auto made = load("[ca]", cmp::CertificateAuthority::create(
                               {credential->signer, credential->chain, {}, std::move(*ca_pubs), configuration.profiles},
                               environment));
  if (made) authority = std::move(*made);
}

void CaEngine::Parts::load_requesters(const CaConfiguration& configuration, Loading& load) {
  if (configuration.by_certificate)
    trust = load("by_certificate.trusted", load_trust(configuration.by_certificate->trusted));
  if (!configuration.by_secret) return;
  for (const SecretEntry& entry : configuration.by_secret->secrets)
    if (auto secret = load(fmt::format("by_secret.secrets.\"{}\"", entry.reference).c_str(), read_secret(entry.source)))
      secrets.add(entry.reference, std::move(*secret));
}

void CaEngine::Parts::load_responder(const CaConfiguration& configuration, Loading& load) {
  auto protection = load("[cmp]", load_signature_credential(configuration.cmp));
  if (!load.complaints().empty()) return;
  cmp::ResponderConfiguration options;
  options.protection = std::move(*protection);
  if (configuration.by_certificate) {
    options.certificate_trust = &*trust;
    using Type = asn1::PKIBody;
    cmp::Permission own{.name = "certificates of this CA", .who = cmp::Permission::Who::own_certificate};
    own.operations = {Type::cr, Type::kur, Type::p10cr, Type::rr, Type::genm};
    options.permissions.push_back(std::move(own));
    cmp::Permission others{.name = "trusted certificates", .who = cmp::Permission::Who::certificate};
    others.operations = {Type::ir, Type::cr, Type::kur, Type::p10cr, Type::genm};  // a kur of theirs is K-01: badCertId
    others.subject.kind = configuration.by_certificate->subject;
    options.permissions.push_back(std::move(others));
  }
  if (configuration.by_secret) {
    options.secrets = &secrets;
    cmp::Permission permission{.name = "secrets", .who = cmp::Permission::Who::secret};
    permission.operations = {asn1::PKIBody::ir, asn1::PKIBody::cr, asn1::PKIBody::p10cr, asn1::PKIBody::genm};
    permission.subject.kind = configuration.by_secret->subject;
    options.permissions.push_back(std::move(permission));
  }
  options.refuse_used_keys = configuration.refuse_used_keys;
  options.grant_implicit_confirm = configuration.implicit_confirm;
  options.confirm_wait = configuration.confirm_wait;
  options.remember = configuration.remember;
  options.message_time_window = configuration.message_time_window;
  options.mac_limits.max_iterations = configuration.max_mac_iterations;
  options.limits.octets = configuration.max_message;
  auto made = load("configuration", cmp::Responder::create(std::move(options), *authority, *store, environment));
  if (made) responder = std::move(*made);
}

tl::expected<std::unique_ptr<CaEngine>, std::vector<std::string>> CaEngine::create(
    const CaConfiguration& configuration) {
  Loading load(configuration.file);
  auto parts = std::make_unique<Parts>();
  parts->load_authority(configuration, load);
  parts->load_requesters(configuration, load);
  parts->load_responder(configuration, load);
  if (!load.complaints().empty()) return tl::unexpected(load.complaints());
  return std::unique_ptr<CaEngine>(new CaEngine(std::move(parts)));
}

CaEngine::CaEngine(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
CaEngine::~CaEngine() = default;
cmp::Responder& CaEngine::responder() const { return *parts_->responder; }
const Octets& CaEngine::certificate() const { return parts_->certificate; }

}  // namespace cmpkit::tools
