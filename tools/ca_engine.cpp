#include "tools/ca_engine.h"

#include <fmt/format.h>

#include "cmpkit/cmp/certificate.h"
#include "cmpkit/cmp/certificate_authority.h"
#include "tools/published_files.h"
#include "tools/root_updates.h"
#include "tools/server_parts.h"
#include "tools/store_approvals.h"

namespace cmpkit::tools {
namespace {

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

struct CaEngine::Parts : ServerParts {
  using ServerParts::ServerParts;

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

void CaEngine::Parts::load_responder(const CaConfiguration& configuration, Loading& load) {
  auto protection = load("[cmp]", load_signature_credential(configuration.cmp));
  if (!load.complaints().empty()) return;
  const std::vector<Octets> to_old_roots = links();
  protection->chain.insert(protection->chain.end(), to_old_roots.begin(), to_old_roots.end());
  delay = std::make_unique<CountedDelay>(configuration.delays);

  cmp::ResponderConfiguration options;
  options.protection = std::move(*protection);
  configure(configuration, options);
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
  options.confirm_wait = configuration.confirm_wait;
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
  parts->load_revocation(configuration, load);
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
CrlFiles& CaEngine::crl_files() const { return *parts_->crl_files; }
const std::vector<cmp::RootUpdate>& CaEngine::root_updates() const { return parts_->root_updates; }

}  // namespace cmpkit::tools
