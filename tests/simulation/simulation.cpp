#include "tests/simulation/simulation.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/algorithms.h"
#include "cmpkit/cmp/audit.h"
#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/enrollment.h"
#include "cmpkit/cmp/inquiry.h"
#include "cmpkit/cmp/revocation.h"

namespace cmpkit::simulation {

using asn1::PKIBody;
using std::chrono::seconds;
using Status = cmp::IssuedCertificate::Status;

namespace {

constexpr seconds resend_after{30};
constexpr unsigned most_resends = 3;
constexpr seconds expiry_interval{60};
constexpr unsigned most_events = 5000;
constexpr std::size_t most_audit_records = 100'000;

/// Tells that there are no CA certificates.
class Source final : public cmp::InformationSource {
 public:
  [[nodiscard]] std::vector<asn1::Oid> types() const override { return {asn1::id_it_caCerts}; }
  [[nodiscard]] bool is_general(asn1::Oid) const override { return true; }
  [[nodiscard]] cmp::InformationDecision answer(const cmp::InformationRequest& request, cmp::Time) override {
    return std::vector<cmp::Information>{{request.type, {}}};
  }
};

/// Every device has a secret, which is its name.
class Secrets final : public cmp::SharedSecrets {
 public:
  [[nodiscard]] Known<Octets> find(Bytes reference) const override { return copy_of(reference); }
};

}  // namespace

/// Lets clients wait, for each kind of message as long as the seed says.
class Simulation::Slow final : public cmp::DelayPolicy {
 public:
  explicit Slow(SeededRandom& random) {
    for (auto& polls : polls_) polls = random.chance(60) ? 0 : static_cast<unsigned>(random.below(3));
  }
  std::optional<seconds> delay(PKIBody::Type request, unsigned polls) override {
    return polls < polls_[static_cast<std::size_t>(request) % std::size(polls_)] ? std::optional(seconds{20})
                                                                                 : std::nullopt;
  }
  void end() { std::ranges::fill(polls_, 0U); }

 private:
  unsigned polls_[32];
};

void Simulation::make_quick() { slow_->end(); }

Simulation::Simulation(const Pki& pki, std::uint64_t seed, std::size_t relays, Statistics& statistics,
                       std::ostream* trace)
    : pki_(pki),
      statistics_(statistics),
      trace_(trace),
      relays_wanted_(relays),
      random_(seed),
      engine_random_(~seed),
      crypto_(cmp::botan_crypto()),
      slow_(std::make_unique<Slow>(random_)),
      secrets_(std::make_unique<Secrets>()),
      source_(std::make_unique<Source>()) {
  trouble_ = std::make_unique<Trouble>(random_, clock_, store_, [this](const std::string& what) { happened(what); });
  loss_ = static_cast<unsigned>(random_.below(4)) * 10;
  const auto count = 1 + random_.below(3);
  for (std::size_t i = 0; i < count; ++i) {
    Device& device = devices_.emplace_back();
    device.name = fmt::format("device-{}", i);
    device.operations_left = 1 + static_cast<unsigned>(random_.below(5));
  }
  start_server();
  add_relays(relays);
  for (std::size_t i = 0; i < count; ++i) schedule(seconds{random_.below(60)}, {Event::Type::start, i, 0, {}});
  schedule(expiry_interval, {Event::Type::expiry, 0, 0, {}});
}

Simulation::~Simulation() = default;

std::optional<std::string> Simulation::run() {
  const auto busy = [&] {  // also while something of long ago may still reach the server
    return std::ranges::any_of(devices_, [](const Device& each) { return each.running || each.operations_left > 0; }) ||
           std::ranges::any_of(events_, [](const auto& each) {
             return each.second.type == Event::Type::to_server || each.second.type == Event::Type::to_relay;
           });
  };
  for (unsigned count = 0; !broken_ && busy(); ++count) {
    if (count == most_events) broken("the run does not come to its end");
    auto first = events_.extract(events_.begin());
    clock_.move_to(first.key());
    handle(std::move(first.mapped()));
  }
  if (!broken_) check_end();
  return broken_;
}

// --- the server

/// Of the one before only the store is left.
void Simulation::start_server() {
  cmp::CertificateProfile profile;
  profile.name = "default";
  authority_ = cmp::CertificateAuthority::create(
                   {.signer = pki_.ca_key, .chain = {pki_.ca}, .ca_pubs = {}, .profiles = {profile}}, environment())
                   .value();
  using Who = cmp::Permission::Who;
  cmp::ResponderConfiguration configuration;
  configuration.protection = {pki_.cmp_key, {pki_.cmp_signer, pki_.ca}};
  configuration.certificate_trust = pki_.trust.get();
  configuration.secrets = secrets_.get();
  configuration.delay = slow_.get();
  if (relays_wanted_ > 0) configuration.message_time_window = late_by;
  configuration.information = {source_.get()};
  cmp::Permission own{.name = "own", .who = Who::own_certificate};
  own.operations = {PKIBody::cr, PKIBody::kur, PKIBody::rr, PKIBody::genm};
  cmp::Permission secret{.name = "secret", .who = Who::secret};
  secret.operations = {PKIBody::ir};
  cmp::Permission relay{.name = "RA", .who = Who::registration_authority};
  relay.operations = {PKIBody::ir, PKIBody::cr, PKIBody::kur, PKIBody::rr, PKIBody::genm};
  relay.subject.kind = cmp::SubjectRule::Kind::any;
  relay.on_behalf = true;
  configuration.permissions = {relay, own, secret};
  responder_ = cmp::Responder::create(std::move(configuration), *authority_, store_, environment()).value();
}

// --- the devices

void Simulation::begin(Device& device) {
  if (device.operations_left == 0) return;
  --device.operations_left;
  Running& running = device.running.emplace();
  running.kind = device.identities.empty() ? Kind::ir : static_cast<Kind>(random_.below(5));
  if (!device.identities.empty()) running.certificate = device.identities.back().certificate;
  if (running.kind == Kind::ir || running.kind == Kind::cr || running.kind == Kind::kur) {
    running.key = pki_.device_keys[used_keys_.size() % pki_.device_keys.size()];
    used_keys_.push_back(running.key);
    running.implicit = random_.chance(40);
  }
  running.operation = make_operation(device, running, {});
  tell(fmt::format("{} begins operation {}", device.name, static_cast<int>(running.kind)));
  act(device, running.operation->start());
}

std::unique_ptr<cmp::Operation> Simulation::make_operation(const Device& device, const Running& running, Bytes saved) {
  const auto made = [&](auto* kind, auto options) -> std::unique_ptr<cmp::Operation> {
    using Made = std::remove_pointer_t<decltype(kind)>;
    auto operation = saved.empty() ? Made::create(std::move(options), environment())
                                   : Made::resume(std::move(options), environment(), saved);
    if (operation) return std::make_unique<Made>(std::move(*operation));
    broken("an operation cannot be made or resumed: " + operation.error());
    return nullptr;
  };
  const auto common = [&](auto options) {
    if (running.kind == Kind::ir)
      options.credential = cmp::SecretCredential{
          copy_of(bytes_of(device.name)), copy_of(bytes_of(device.name)), {cmp::MacMethod::Kind::pbm, 100}};
    else
      options.credential =
          cmp::SignatureCredential{device.identities.back().key, {device.identities.back().certificate, pki_.ca}};
    options.trust = pki_.trust.get();
    return options;
  };
  if (running.kind == Kind::rr) return made(static_cast<cmp::Revocation*>(nullptr), common(cmp::RevocationOptions{}));
  if (running.kind == Kind::genm) {
    auto options = common(cmp::InquiryOptions{});
    options.question = cmp::ask_for(asn1::id_it_caCerts);
    return made(static_cast<cmp::Inquiry*>(nullptr), std::move(options));
  }
  auto options = common(cmp::EnrollmentOptions{});
  options.type = running.kind == Kind::ir ? PKIBody::ir : running.kind == Kind::cr ? PKIBody::cr : PKIBody::kur;
  if (running.kind != Kind::kur) options.subject = asn1::parse_name("/CN=" + device.name).value();
  options.new_key = running.key;
  options.implicit_confirm = running.implicit;
  return made(static_cast<cmp::Enrollment*>(nullptr), std::move(options));
}

/// Now and then the process of a device ends, and another one goes on from what it had saved.
void Simulation::maybe_restart(Device& device) {
  if (!random_.chance(8)) return;
  const Octets saved = device.running->operation->save();
  if (saved.empty()) return;
  ++statistics_.counts["restart of a device"];
  tell(device.name + " restarts");
  auto resumed = make_operation(device, *device.running, saved);
  if (resumed) device.running->operation = std::move(resumed);
}

void Simulation::act(Device& device, cmp::Output output) {
  if (broken_) return;
  if (output.done) return on_done(device, *output.done);
  maybe_restart(device);
  if (broken_) return;
  if (output.send) return send(device, *output.send);
  const auto wait = std::max(*output.wake_at - clock_.now(), seconds{0});
  schedule(wait, {Event::Type::wake, index_of(device), device.running->exchange, {}});
}

void Simulation::send(Device& device, const Octets& message) {
  Running& running = *device.running;
  running.exchange = ++device.exchanges;
  running.resends = 0;
  transmit({Event::Type::to_server, index_of(device), running.exchange, message});
  schedule(resend_after, {Event::Type::timeout, index_of(device), running.exchange, {}});
}

/// No answer came: the same message again, or the device gives up and does not know what came of it.
void Simulation::on_timeout(Device& device) {
  Running& running = *device.running;
  if (running.resends++ == most_resends) return end(device, "unknown");
  maybe_restart(device);
  if (broken_) return;
  const cmp::Output again = running.operation->start();
  if (!again.send) return broken("an operation that awaits an answer does not send its message again");
  transmit({Event::Type::to_server, index_of(device), running.exchange, *again.send});
  schedule(resend_after, {Event::Type::timeout, index_of(device), running.exchange, {}});
}

// --- the network

void Simulation::transmit(Event event) {
  for (const std::uint8_t octet : event.message) fingerprint_ = (fingerprint_ ^ octet) * 0x100000001B3U;
  const unsigned copies = random_.chance(loss_) ? 0 : random_.chance(15) ? 2 : 1;
  for (unsigned i = 0; i < copies; ++i) {
    const bool late = random_.chance(2);
    schedule(seconds{late ? 200 + random_.below(7200) : random_.below(40)}, event);
  }
}

void Simulation::schedule(seconds in, Event event) { events_.emplace(clock_.now() + in, std::move(event)); }

void Simulation::handle(Event event) {
  if (event.type == Event::Type::expiry) {
    responder_->expire();
    if (trouble_->server_died()) start_server();
    for (const auto& relay : relays_) relay->on_tick();
    return schedule(expiry_interval, event);
  }
  if (event.type == Event::Type::start) return begin(device_of(event));
  if (event.type == Event::Type::to_server) return on_request(event);
  if (event.type == Event::Type::to_relay)
    return relays_[event.hop]->on_answer(event.ticket, event.exchange, event.message);
  if (event.type == Event::Type::relay_timeout) return relays_[event.hop]->on_timeout(event.ticket, event.exchange);
  Device& device = device_of(event);
  if (!device.running || device.running->exchange != event.exchange) return;  // of an exchange that is over
  if (event.type == Event::Type::timeout) return on_timeout(device);
  if (event.type == Event::Type::to_device)
    device.running->exchange = ++device.exchanges;  // a second answer to it is not looked at
  auto& operation = *device.running->operation;
  act(device, event.type == Event::Type::wake ? operation.wake() : operation.receive(event.message));
}

void Simulation::on_request(const Event& event) {
  const Origin origin{event.device, event.exchange, event.ticket};
  if (event.hop < relays_.size()) return relays_[event.hop]->on_request(origin, event.message);
  const cmp::Reply reply = responder_->respond(event.message);
  if (trouble_->server_died()) return start_server();  // before it could answer
  tell(fmt::format("server: {} -> {}{}", reply.request, reply.response,
                   reply.refusal ? ": " + reply.refusal->text : ""));
  answer(event.hop, origin, reply.octets);
}

// --- what must hold

void Simulation::on_done(Device& device, const cmp::Outcome& outcome) {
  Running& running = *device.running;
  tell(fmt::format("{} ends: {}", device.name, outcome.text));
  statistics_.counts["message sent again to a server that was not available"] += outcome.retries;
  const auto& fail_info = outcome.fail_info;
  if (fail_info == asn1::PKIFailureInfo::systemUnavail ||  // to the last: the CA itself may not know
      (!relays_.empty() && fail_info == asn1::PKIFailureInfo::systemFailure))  // ... or an RA
    return end(device, "unknown");
  if (running.kind == Kind::rr) check_revocation(running, outcome.success);
  if (running.key) check_enrollment(running, outcome.success);
  if (outcome.success && running.key) {
    device.identities.push_back({running.key, outcome.certificate});
    confirmed_.push_back(outcome.certificate);
  }
  if (outcome.success && running.kind == Kind::rr) {
    device.identities.clear();
    revoked_.push_back(running.certificate);
  }
  end(device, outcome.success ? "succeeded" : "failed");
}

void Simulation::end(Device& device, std::string_view how) {
  static constexpr const char* names[] = {"ir", "cr", "kur", "rr", "genm"};
  ++statistics_.counts[fmt::format("{} {}", names[static_cast<int>(device.running->kind)], how)];
  tell(fmt::format("{}: {}", device.name, how));
  // A device that does not know what came of its key update may try the old certificate again, or start anew with its
  // secret; one that was refused, or may be revoked, starts anew.
  const bool may_be_revoked = how == "unknown" && device.running->kind == Kind::rr;
  const bool starts_anew = how == "failed" || may_be_revoked || (how == "unknown" && random_.chance(50));
  device.running.reset();
  if (starts_anew) device.identities.clear();
  schedule(seconds{random_.below(100)}, {Event::Type::start, index_of(device), 0, {}});
}

void Simulation::check_enrollment(const Running& running, bool success) {
  const auto certificates = certificates_for(*running.key);
  if (certificates.size() > 1) return broken("more than one certificate was issued for one request");
  const bool valid = !certificates.empty() && certificates.front().status == Status::valid;
  if (success != valid)
    broken(success ? "the device believes in a certificate that the CA does not"
                   : "the CA believes in a certificate that the device does not");
  if (success && running.kind == Kind::kur && stored(running.certificate).status != Status::updated)
    broken("a certificate was updated, but the CA does not say so");
}

void Simulation::check_revocation(const Running& running, bool success) {
  if (success != (stored(running.certificate).status == Status::revoked))
    broken("the device and the CA do not agree about a revocation");
}

void Simulation::check_end() {
  trouble_->end();
  for (const auto& relay : relays_)
    if (const auto left = relay->end(clock_)) broken(*left);
  clock_.move_to(clock_.now() + std::chrono::days{8});
  while (responder_->expire() > 0) continue;
  clock_.move_to(clock_.now() + std::chrono::days{1});
  while (responder_->expire() > 0) continue;
  if (!store_.behind().expired(clock_.now() + std::chrono::days{36500}, 1)->empty())
    broken("a transaction is left over");
  for (const auto& key : used_keys_) {
    const auto certificates = certificates_for(*key);
    if (certificates.size() > 1) broken("more than one certificate was issued for one request");
    if (!certificates.empty() && certificates.front().status == Status::unconfirmed)
      broken("an unconfirmed certificate is left over");
  }
  check_certificates();
  check_audit();
}

void Simulation::check_certificates() {
  for (const Octets& certificate : confirmed_) {
    const Status status = stored(certificate).status;
    if (status == Status::unconfirmed || status == Status::rejected)
      broken("a certificate that its device holds as confirmed is not stored so");
  }
  const auto on_crl = store_.behind().revoked(0, 1).value();
  for (const Octets& certificate : revoked_)
    if (std::ranges::find(on_crl, certificate, &cmp::IssuedCertificate::certificate) == on_crl.end())
      broken("a certificate whose revocation was acknowledged is not on the next CRL");
}

void Simulation::check_audit() {
  cmp::AuditVerifier verifier(crypto_);
  std::vector<Octets> granted;
  const auto log = store_.behind().audit(0, most_audit_records).value();
  for (const cmp::AuditRecord& record : log) {
    if (const auto sound = verifier.add(record); !sound) return broken("the audit log: " + sound.error());
    const auto entry = cmp::decode_audit_entry(record.entry).value();
    if (entry.result == "granted") granted.insert(granted.end(), entry.certificates.begin(), entry.certificates.end());
  }
  std::vector<Octets> issued;
  cmp::CertificateQuery all;
  all.count = most_audit_records;
  const auto certificates = store_.behind().list(all).value();
  for (const auto& certificate : certificates) issued.push_back(certificate.serial);
  std::ranges::sort(granted);
  if (granted != issued) broken("the audit log does not tell each certificate's issuing once");
}

std::vector<cmp::IssuedCertificate> Simulation::certificates_for(const cmp::Signer& key) {
  const Bytes message[] = {key.public_key()};
  return store_.behind().certificates_for(crypto_.hash(identifier_of(cmp::Digest::sha256), message).value()).value();
}

cmp::IssuedCertificate Simulation::stored(Bytes certificate) {
  const auto view = cmp::CertificateView::decode(certificate).value();
  return store_.behind().certificate(view.serial().octets).value().value();
}

void Simulation::happened(const std::string& what) {
  ++statistics_.counts[what];
  tell(what);
}

void Simulation::broken(const std::string& what) {
  if (!broken_) broken_ = what;
  tell("BROKEN: " + what);
}

void Simulation::tell(const std::string& what) {
  if (trace_ != nullptr) *trace_ << fmt::format("{:%H:%M:%S} {}\n", clock_.now(), what);
}

}  // namespace cmpkit::simulation
