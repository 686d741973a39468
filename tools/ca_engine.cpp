#include "tools/ca_engine.h"

#include <fmt/format.h>

#include <filesystem>

#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/certificate.h"
#include "cmpkit/cmp/certificate_authority.h"
#include "tools/published_files.h"
#include "tools/root_updates.h"
#include "tools/secret_source.h"
#include "tools/store_approvals.h"
#include "tools/store_secrets.h"
#include "tools/system_clock.h"

namespace cmpkit::tools {
namespace {

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

/// [delay]: so many polls for each answer.
class CountedDelay final : public cmp::DelayPolicy {
 public:
  explicit CountedDelay(Delays delays) : delays_(std::move(delays)) {}
  [[nodiscard]] std::optional<std::chrono::seconds> delay(asn1::PKIBody::Type request, unsigned polls) override {
    const auto it = delays_.polls.find(request);
    return it == delays_.polls.end() || polls >= it->second ? std::nullopt : std::optional(delays_.check_after);
  }

 private:
  const Delays delays_;
};

bool is_self_signed(const Octets& certificate) {
  const auto view = cmp::CertificateView::decode(certificate);
  if (!view || !view->is_self_issued()) return false;
  const Bytes signed_part = view->signed_part();
  return cmp::botan_crypto()
      .verify(view->asn1().signatureAlgorithm, view->public_key(), cmp::Pieces(&signed_part, 1),
              view->asn1().signature.octets)
      .has_value();
}

}  // namespace

struct CaEngine::Parts {
  explicit Parts(std::unique_ptr<cmp::Store> opened) : store(std::move(opened)) {}

  SystemClock clock;
  cmp::Environment environment{clock, cmp::system_random(), cmp::botan_crypto()};
  std::unique_ptr<cmp::Store> store;
  StoreSecrets secrets{*store};
  std::vector<Octets> anchors;
  std::optional<cmp::TrustStore> trust;
  std::vector<cmp::Permission> permissions;
  std::vector<Octets> chain;  // of the certificate that issues, itself first
  std::vector<cmp::RootUpdate> root_updates;
  std::unique_ptr<StoreApprovals> approvals;
  std::unique_ptr<CountedDelay> delay;
  std::unique_ptr<cmp::CertificateAuthority> authority;
  std::unique_ptr<cmp::CrlIssuer> crls;
  std::unique_ptr<cmp::InformationSource> information;
  std::unique_ptr<cmp::Responder> responder;

  void load_authority(const CaConfiguration& configuration, Loading& load);
  void load_information(const CaConfiguration& configuration, Loading& load);
  void load_requesters(const CaConfiguration& configuration, Loading& load);
  void load_permissions(const CaConfiguration& configuration, Loading& load);
  void load_responder(const CaConfiguration& configuration, Loading& load);
  [[nodiscard]] std::vector<Octets> links() const;
};

namespace {

cmp::CrlLocation location_of(const Publishing& publishing) {
  return {publishing.url.empty() ? "" : fmt::format("{}{}", publishing.url, crl_path), publishing.partitions};
}

}  // namespace

/// What leads from the root to those before it, for clients that know only an old one.
std::vector<Octets> CaEngine::Parts::links() const {
  std::vector<Octets> out;
  for (auto update = root_updates.rbegin(); update != root_updates.rend(); ++update)
    out.push_back(update->new_with_old);
  return out;
}

void CaEngine::Parts::load_authority(const CaConfiguration& configuration, Loading& load) {
  auto credential = load("[ca]", load_signature_credential(configuration.ca));
  auto ca_pubs = load("[ca] ca_pubs", load_certificates(configuration.ca_pubs));
  auto updates = load("rollover", load_root_updates(configuration.folder));
  if (!credential || !ca_pubs || !updates) return;
  chain = credential->chain;
  root_updates = std::move(*updates);
  approvals = std::make_unique<StoreApprovals>(*store, configuration.approval_poll);

  const Publishing& publishing = configuration.publishing;
  cmp::CertificateAuthorityOptions options;
  options.signer = credential->signer;
  options.chain = chain;
  options.links = links();
  options.ca_pubs = std::move(*ca_pubs);
  options.profiles = configuration.profiles;
  options.crls = location_of(publishing);
  if (!publishing.url.empty()) options.certificate_url = fmt::format("{}{}", publishing.url, certificate_path);
  options.approvals = approvals.get();
  options.store = store.get();
  if (auto made = load("[ca]", cmp::CertificateAuthority::create(std::move(options), environment)))
    authority = std::move(*made);
  const cmp::CrlOptions crl_options{credential->signer, chain.front(), location_of(publishing), publishing.validity,
                                    publishing.renew_before};
  if (auto made = load("[publish]", cmp::CrlIssuer::create(crl_options, *store, environment))) crls = std::move(*made);
}

void CaEngine::Parts::load_information(const CaConfiguration& configuration, Loading& load) {
  cmp::CaInformationOptions options;
  options.ca_certificates = chain;
  std::erase_if(options.ca_certificates, is_self_signed);
  options.root_updates = root_updates;
  options.profiles = configuration.profiles;
  options.crls = crls.get();
  if (!configuration.encryption_certificate.empty()) {
    auto loaded = load("[ca] encryption_certificate", load_certificates({configuration.encryption_certificate}));
    if (loaded) options.encryption_certificate = loaded->front();
  }
  if (auto made = load("profile", cmp::ca_information(std::move(options)))) information = std::move(*made);
}

void CaEngine::Parts::load_requesters(const CaConfiguration& configuration, Loading& load) {
  for (const std::string& folder : configuration.trusted)
    if (auto loaded = load("requesters.trusted", load_folder(folder)))
      anchors.insert(anchors.end(), loaded->begin(), loaded->end());
  for (const SecretEntry& entry : configuration.secrets)
    if (auto secret =
            load(fmt::format("requesters.secrets.\"{}\"", entry.reference).c_str(), read_secret(entry.source)))
      secrets.add(entry.reference, std::move(*secret));
}

/// The anchors that a permission names are trusted, too.
void CaEngine::Parts::load_permissions(const CaConfiguration& configuration, Loading& load) {
  for (const PermissionEntry& entry : configuration.permissions) {
    cmp::Permission permission = entry.permission;
    for (const std::string& folder : entry.anchors)
      if (auto loaded = load("permission.anchors", load_folder(folder)))
        permission.anchors.insert(permission.anchors.end(), loaded->begin(), loaded->end());
    anchors.insert(anchors.end(), permission.anchors.begin(), permission.anchors.end());
    permissions.push_back(std::move(permission));
  }
  if (anchors.empty()) return;
  auto made = cmp::TrustStore::make(cmp::botan_crypto(), anchors);
  if (made)
    trust = std::move(*made);
  else
    load.complain("requesters.trusted", made.error().text);
}

void CaEngine::Parts::load_responder(const CaConfiguration& configuration, Loading& load) {
  auto protection = load("[cmp]", load_signature_credential(configuration.cmp));
  if (!load.complaints().empty()) return;
  const std::vector<Octets> to_old_roots = links();
  protection->chain.insert(protection->chain.end(), to_old_roots.begin(), to_old_roots.end());
  delay = std::make_unique<CountedDelay>(configuration.delays);

  cmp::ResponderConfiguration options;
  options.protection = std::move(*protection);
  if (trust) options.certificate_trust = &*trust;
  options.secrets = &secrets;
  options.permissions = permissions;
  if (configuration.key_generation) {
    auto credential = load("[key_generation]", load_signature_credential(configuration.key_generation->signer));
    if (!credential) return;
    options.key_generation = configuration.key_generation->authority;
    options.key_generation->credential = std::move(*credential);
  }
  options.information = {information.get()};
  options.delay = delay.get();
  options.refuse_used_keys = configuration.refuse_used_keys;
  options.grant_implicit_confirm = configuration.implicit_confirm;
  options.revoke_rejected = configuration.revoke_rejected;
  options.several_per_message = configuration.several_per_message;
  options.answer_last_poll = configuration.answer_last_poll;
  options.confirm_wait = configuration.confirm_wait;
  options.remember = configuration.remember;
  options.max_delay = configuration.max_delay;
  options.message_time_window = configuration.message_time_window;
  options.mac_limits.max_iterations = configuration.max_mac_iterations;
  options.limits.octets = configuration.max_message;
  options.quota = configuration.quota;
  auto made = load("configuration", cmp::Responder::create(std::move(options), *authority, *store, environment));
  if (made) responder = std::move(*made);
}

tl::expected<std::unique_ptr<CaEngine>, std::vector<std::string>> CaEngine::create(const CaConfiguration& configuration,
                                                                                   std::unique_ptr<cmp::Store> store) {
  Loading load(configuration.file);
  auto parts = std::make_unique<Parts>(std::move(store));
  parts->load_authority(configuration, load);
  parts->load_information(configuration, load);
  parts->load_requesters(configuration, load);
  parts->load_permissions(configuration, load);
  parts->load_responder(configuration, load);
  if (!load.complaints().empty()) return tl::unexpected(load.complaints());
  return std::unique_ptr<CaEngine>(new CaEngine(std::move(parts)));
}

CaEngine::CaEngine(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
CaEngine::~CaEngine() = default;
cmp::Responder& CaEngine::responder() const { return *parts_->responder; }
cmp::Store& CaEngine::store() const { return *parts_->store; }
const Octets& CaEngine::certificate() const { return parts_->chain.front(); }
cmp::CrlIssuer& CaEngine::crls() const { return *parts_->crls; }
const std::vector<cmp::RootUpdate>& CaEngine::root_updates() const { return parts_->root_updates; }

}  // namespace cmpkit::tools
