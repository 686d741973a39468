#include "conformance/upstream.h"

#include <atomic>

#include "cmpkit/asn1/names.h"
#include "conformance/stranger.h"

namespace cmpkit::conformance {

using asn1::PKIBody;

/// Lets whoever asks for a certificate poll so often.
class Upstream::Delay final : public cmp::DelayPolicy {
 public:
  std::optional<std::chrono::seconds> delay(PKIBody::Type type, unsigned polls) override {
    return type != PKIBody::certConf && polls < wanted ? std::optional(std::chrono::seconds{1}) : std::nullopt;
  }
  std::atomic<unsigned> wanted{0};
};

/// Those of the devices and of the RA.
class Upstream::Secrets final : public cmp::SharedSecrets {
 public:
  explicit Secrets(const Peer& peer) : all_{peer.secret, peer.ra_secret} {}
  [[nodiscard]] Known<Octets> find(Bytes reference) const override {
    for (const auto& each : all_)
      if (each && same_octets(each->reference, reference)) return each->secret;
    return std::nullopt;
  }

 private:
  std::vector<std::optional<cmp::SecretCredential>> all_;
};

namespace {

/// RAs act for others; devices may ask for themselves, as an RA that forwards unchanged lets them.
std::vector<cmp::Permission> permissions(const Peer& peer) {
  using Who = cmp::Permission::Who;
  const auto all = {PKIBody::ir, PKIBody::cr, PKIBody::kur, PKIBody::p10cr, PKIBody::rr, PKIBody::genm};
  cmp::Permission ras{.name = "RAs", .who = Who::registration_authority, .operations = all};
  ras.subject.kind = cmp::SubjectRule::Kind::any;
  cmp::Permission devices = ras;
  devices.name = "devices";
  devices.who = Who::certificate;
  cmp::Permission secrets = devices;
  secrets.name = "secrets";
  secrets.who = Who::secret;
  secrets.operations = {PKIBody::ir, PKIBody::cr, PKIBody::p10cr, PKIBody::genm};
  ras.on_behalf = true;
  std::vector<cmp::Permission> out{ras, devices, secrets};
  if (!peer.ra_secret) return out;
  cmp::Permission ra = secrets;
  ra.name = "the RA by its secret";
  ra.references = {std::string(cmpkit::text_of(peer.ra_secret->reference))};
  ra.on_behalf = true;
  out.insert(out.begin(), std::move(ra));
  return out;
}

transport::Reply html(int status) {
  return {status, "text/html", copy_of(bytes_of("<html><title>no CMP</title></html>")), {}};
}

}  // namespace

std::string_view text_of(Carriage carriage) {
  constexpr std::string_view texts[] = {"",
                                        "with HTTP status 500",
                                        "is an HTML page with HTTP status 500",
                                        "is an HTML page with HTTP status 404",
                                        "is an HTML page with HTTP status 200",
                                        "is empty, with HTTP status 200",
                                        "is a redirect of HTTP",
                                        "never comes"};
  return texts[static_cast<std::size_t>(carriage)];
}

Upstream::Upstream(const Peer& peer)
    : peer_(peer),
      stranger_(make_stranger(peer.environment)),
      store_(cmp::memory_store()),
      secrets_(std::make_unique<Secrets>(peer)),
      delay_(std::make_unique<Delay>()) {}

Upstream::~Upstream() { prepare({}, 0); }

tl::expected<std::unique_ptr<Upstream>, std::string> Upstream::start(const Peer& peer,
                                                                     const transport::ServerOptions& options) {
  std::unique_ptr<Upstream> out(new Upstream(peer));
  if (auto made = out->make_responder(); !made) return tl::unexpected(made.error());
  auto server = transport::HttpServer::start(
      options, [upstream = out.get()](const transport::Request& request) { return upstream->serve(request); });
  if (!server) return tl::unexpected(server.error().text);
  out->server_ = std::make_unique<transport::HttpServer>(std::move(*server));
  return out;
}

tl::expected<void, std::string> Upstream::make_responder() {
  cmp::CertificateAuthorityOptions options;
  options.signer = peer_.issuer->signer;
  options.chain = peer_.issuer->chain;
  options.profiles.push_back({.name = "default"});
  cmp::CaInformationOptions told;
  told.ca_certificates = {peer_.issuer->chain.front()};
  told.profiles = options.profiles;
  auto authority = cmp::CertificateAuthority::create(std::move(options), peer_.environment);
  if (!authority) return tl::unexpected(authority.error());
  authority_ = std::move(*authority);
  auto information = cmp::ca_information(std::move(told));
  if (!information) return tl::unexpected(information.error());
  information_ = std::move(*information);

  cmp::ResponderConfiguration configuration;
  configuration.protection = *peer_.server;
  configuration.certificate_trust = peer_.requesters;
  configuration.secrets = secrets_.get();
  configuration.permissions = permissions(peer_);
  configuration.delay = delay_.get();
  configuration.information = {information_.get()};
  auto responder = cmp::Responder::create(std::move(configuration), *authority_, *store_, peer_.environment);
  if (!responder) return tl::unexpected(responder.error());
  responder_ = std::move(*responder);
  return {};
}

void Upstream::prepare(const Disturbance& disturbance, unsigned polls) {
  const std::lock_guard lock(mutex_);
  disturbance_ = disturbance;
  came_ = 0;
  ++cases_;
  delay_->wanted = polls;
  ended_.notify_all();
}

std::vector<UpstreamExchange> Upstream::take() {
  const std::lock_guard lock(mutex_);
  std::vector<UpstreamExchange> out(exchanges_.begin(), exchanges_.end());
  exchanges_.clear();
  return out;
}

transport::Reply Upstream::serve(const transport::Request& request) {
  auto endpoint = transport::parse_path(request.path);
  if (!endpoint) endpoint = transport::parse_path(request.path, "/");
  const cmp::Reply honest = responder_->respond(request.body, endpoint ? endpoint->profile.value_or("") : "");
  std::unique_lock lock(mutex_);
  UpstreamExchange& exchange = exchanges_.emplace_back();
  exchange.method = request.method;
  exchange.path = request.path;
  exchange.content_type = request.content_type;
  exchange.request = copy_of(request.body);
  exchange.disturbed = ++came_ == disturbance_.answer;
  exchange.answer = exchange.disturbed ? change(exchange, honest.octets) : honest.octets;
  earlier_answer_ = honest.octets;
  return exchange.disturbed ? carry(exchange, lock)
                            : transport::Reply{200, std::string(transport::pkixcmp), exchange.answer, {}};
}

/// The answer with the changes that the case wants.
Octets Upstream::change(UpstreamExchange& exchange, const Octets& honest) {
  if (disturbance_.changes.empty()) return honest;
  const auto asked = asn1::decode<asn1::PKIMessage>(exchange.request);
  const Bytes nonce = asked && asked->header.senderNonce ? *asked->header.senderNonce : Bytes{};
  auto changed = changed_answer(peer_, honest, disturbance_.changes, {stranger_, copy_of(nonce), earlier_answer_});
  if (changed) return std::move(*changed);
  exchange.trouble = changed.error();
  return honest;
}

transport::Reply Upstream::carry(const UpstreamExchange& exchange, std::unique_lock<std::mutex>& lock) {
  constexpr std::chrono::seconds longest{20};
  const auto with_status = [&](int status) {
    return transport::Reply{status, std::string(transport::pkixcmp), exchange.answer, {}};
  };
  switch (disturbance_.carriage) {
    case Carriage::as_it_is:
      break;
    case Carriage::with_status_500:
      return with_status(500);
    case Carriage::html_500:
      return html(500);
    case Carriage::html_404:
      return html(404);
    case Carriage::html_200:
      return html(200);
    case Carriage::empty_200:
      return {200, {}, {}, {}};
    case Carriage::redirect:
      return {302, {}, {}, {}};
    case Carriage::none:
      ended_.wait_for(lock, longest, [this, now = cases_] { return cases_ != now; });
      return html(503);
  }
  return with_status(200);
}

}  // namespace cmpkit::conformance
