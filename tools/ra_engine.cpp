#include "tools/ra_engine.h"

#include <fmt/format.h>

#include <list>

#include "cmpkit/asn1/names.h"
#include "cmpkit/cmp/certifier.h"
#include "tools/certifier_command.h"
#include "tools/secret_source.h"
#include "tools/server_parts.h"
#include "tools/store_approvals.h"

namespace cmpkit::tools {
namespace {

using Kind = UpstreamEntry::Kind;

/// Issues nothing.
class NoAuthority final : public cmp::Authority {
 public:
  [[nodiscard]] cmp::Decision issue(const cmp::CertificateRequest&, cmp::Time) override {
    return cmp::refused(cmp::rules::E_30, "", "nothing is issued here");
  }
  [[nodiscard]] asn1::Name issuer() const override { return {}; }
};

}  // namespace

struct RaEngine::Parts : ServerParts {
  using ServerParts::ServerParts;

  cmp::SignatureCredential credential;  // of the RA
  std::list<cmp::TrustStore> upstream_trust;
  std::vector<cmp::Upstream> upstreams;

  std::unique_ptr<StoreApprovals> approvals;
  std::vector<std::unique_ptr<cmp::Policy>> policies;
  std::unique_ptr<cmp::Policy> policy;  // all of them; null: what is permitted is granted

  std::unique_ptr<cmp::Authority> authority;  // of the upstream that is a command
  std::unique_ptr<cmp::Responder> local;      // in front of it
  NoAuthority nobody;
  std::unique_ptr<cmp::Relay> relay;

  void load_policies(const RaConfiguration& configuration, Loading& load);
  void load_upstreams(const RaConfiguration& configuration, Loading& load);
  void load_local(const RaConfiguration& configuration, Loading& load);
  void load_relay(const RaConfiguration& configuration, Loading& load);
  void configure_server(const RaConfiguration& configuration, cmp::ServerConfiguration& options) const;

 private:
  std::optional<cmp::Credential> load_credential(const UpstreamEntry& entry, const std::string& setting, Loading& load);
  const cmp::TrustStore* load_trust(const UpstreamEntry& entry, const std::string& setting, Loading& load);
};

/// The inventory first: what it refuses nobody has to approve.
void RaEngine::Parts::load_policies(const RaConfiguration& configuration, Loading& load) {
  if (configuration.inventory.on) {
    cmp::InventoryPolicyOptions options;
    options.permissions = configuration.inventory.permissions;
    for (const VendorEntry& vendor : configuration.vendors)
      if (auto anchors = load("vendor.anchors", load_folders(vendor.anchors)))
        options.vendors.push_back({vendor.name, std::move(*anchors)});
    policies.push_back(cmp::inventory_policy(std::move(options), *store, environment.crypto));
  }
  if (configuration.approval.on) {
    approvals = std::make_unique<StoreApprovals>(*store, configuration.approval_poll);
    policies.push_back(cmp::approval_policy(configuration.approval.permissions, *approvals, environment.crypto));
  }
  std::vector<cmp::Policy*> all;
  for (const auto& each : policies) all.push_back(each.get());
  if (!all.empty()) policy = cmp::all_of(std::move(all));
}

std::optional<cmp::Credential> RaEngine::Parts::load_credential(const UpstreamEntry& entry, const std::string& setting,
                                                                Loading& load) {
  if (entry.secret) {
    auto secret = load(setting + ".secret", read_secret(entry.secret->source));
    if (!secret) return std::nullopt;
    return cmp::SecretCredential{copy_of(bytes_of(entry.secret->reference)), std::move(*secret), {}};
  }
  if (!entry.certificate) return credential;
  auto own = load(setting + ".certificate", load_signature_credential(*entry.certificate));
  if (!own) return std::nullopt;
  return *own;
}

const cmp::TrustStore* RaEngine::Parts::load_trust(const UpstreamEntry& entry, const std::string& setting,
                                                   Loading& load) {
  if (entry.trusted.empty()) return nullptr;
  auto anchors = load(setting + ".trusted", load_folders(entry.trusted));
  if (!anchors) return nullptr;
  auto made = cmp::TrustStore::make(environment.crypto, std::move(*anchors));
  if (made) return &upstream_trust.emplace_back(std::move(*made));
  load.complain(setting + ".trusted", made.error().text);
  return nullptr;
}

void RaEngine::Parts::load_upstreams(const RaConfiguration& configuration, Loading& load) {
  for (const UpstreamEntry& entry : configuration.upstreams) {
    if (entry.kind == Kind::command) continue;
    const std::string setting = fmt::format("upstream \"{}\"", entry.name);
    cmp::Upstream upstream;
    upstream.name = entry.name;
    upstream.credential = load_credential(entry, setting, load);
    upstream.trust = load_trust(entry, setting, load);
    if (!entry.recipient.empty()) upstream.recipient = asn1::parse_name(entry.recipient).value_or(Octets{});
    if (!entry.sender.empty()) upstream.sender = asn1::parse_name(entry.sender).value_or(Octets{});
    upstream.tolerance = entry.tolerance;
    upstream.online = entry.online;
    upstream.batch = entry.batch;
    upstream.check_after = entry.check_after;
    upstream.give_up = entry.give_up;
    upstreams.push_back(std::move(upstream));
  }
}

void RaEngine::Parts::configure_server(const RaConfiguration& configuration, cmp::ServerConfiguration& options) const {
  configure(configuration, options);
  options.protection = credential;
  options.policy = policy.get();
  options.max_nesting = configuration.max_nesting;
  options.max_batch = configuration.max_batch;
}

void RaEngine::Parts::load_local(const RaConfiguration& configuration, Loading& load) {
  for (const UpstreamEntry& entry : configuration.upstreams) {
    if (entry.kind != Kind::command) continue;
    const std::string setting = fmt::format("upstream \"{}\"", entry.name);
    auto chain = load(setting + ".issuer", load_certificates({entry.issuer}));
    if (!chain || !load.complaints().empty()) return;
    auto made =
        load(setting, cmp::certifier_authority(certifier_options(entry, *chain, credential.signer), environment));
    if (!made) return;
    authority = std::move(*made);
    cmp::ResponderConfiguration options;
    configure_server(configuration, options);
    if (auto responder = load(setting, cmp::Responder::create(std::move(options), *authority, *store, environment)))
      local = std::move(*responder);
  }
}

void RaEngine::Parts::load_relay(const RaConfiguration& configuration, Loading& load) {
  if (!load.complaints().empty()) return;
  cmp::RelayConfiguration options;
  configure_server(configuration, options);
  options.upstreams = upstreams;
  options.routes = configuration.routes;
  for (cmp::Route& route : options.routes)
    if (configuration.upstream(route.upstream)->kind == Kind::command) route.upstream.clear();
  options.local = local.get();
  if (auto made = load("configuration", cmp::Relay::create(std::move(options), *store, environment)))
    relay = std::move(*made);
}

tl::expected<std::unique_ptr<RaEngine>, std::vector<std::string>> RaEngine::create(const RaConfiguration& configuration,
                                                                                   std::unique_ptr<cmp::Store> store) {
  Loading load(configuration.file);
  auto parts = std::make_unique<Parts>(std::move(store));
  if (auto credential = load("[cmp]", load_signature_credential(configuration.cmp)))
    parts->credential = std::move(*credential);
  parts->load_requesters(configuration, load);
  parts->load_revocation(configuration, load);
  parts->load_policies(configuration, load);
  parts->load_upstreams(configuration, load);
  parts->load_local(configuration, load);
  parts->load_relay(configuration, load);
  if (!load.complaints().empty()) return tl::unexpected(load.complaints());
  return std::unique_ptr<RaEngine>(new RaEngine(std::move(parts)));
}

RaEngine::RaEngine(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
RaEngine::~RaEngine() = default;
cmp::Relay& RaEngine::relay() const { return *parts_->relay; }
cmp::Store& RaEngine::store() const { return *parts_->store; }
cmp::CrlStatus& RaEngine::crl_status() const { return parts_->crl_status; }
CrlFiles& RaEngine::crl_files() const { return *parts_->crl_files; }
const std::vector<cmp::Upstream>& RaEngine::upstreams() const { return parts_->upstreams; }

tl::expected<std::unique_ptr<cmp::Responder>, std::string> RaEngine::make_informant(
    const RaConfiguration& configuration, cmp::InformationSource& source) const {
  cmp::ResponderConfiguration options;
  parts_->configure_server(configuration, options);
  options.information = {&source};
  return cmp::Responder::create(std::move(options), parts_->nobody, *parts_->store, parts_->environment);
}

}  // namespace cmpkit::tools
