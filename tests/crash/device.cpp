#include "tests/crash/device.h"

#include <fmt/core.h>

#include <thread>

#include "cmpkit/asn1/names.h"
#include "cmpkit/cmp/algorithms.h"
#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/certificate.h"
#include "cmpkit/cmp/keys.h"
#include "cmpkit/cmp/revocation.h"
#include "tools/system_clock.h"

namespace cmpkit::crash {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds pause{20};
constexpr std::chrono::minutes patience{1};  // for one operation

cmp::Environment environment() {
  static const tools::SystemClock clock;
  return {clock, cmp::system_random(), cmp::botan_crypto()};
}

/// Who is told to come back later does so soon, and as often as it takes.
constexpr cmp::Retry stubborn{.new_ids = 3, .later = 1'000'000, .interval = std::chrono::seconds{0}};

std::shared_ptr<const cmp::Signer> new_key() { return cmp::PrivateKey::generate("ec:P-256").value().signer().value(); }

}  // namespace

Device::Device(const Peer& peer, std::uint64_t seed, Ledger& ledger) : peer_(peer), ledger_(ledger), random_(seed) {
  for (const std::string& url : peer.urls) servers_.push_back(transport::HttpClient::create(url).value());
}

void Device::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (chance(10)) walk_away();
    auto identity = enroll(first_request());
    while (identity && !stop.stop_requested() && chance(50)) identity = update(*identity);
    if (identity && chance(50)) revoke(*identity);
  }
}

cmp::EnrollmentOptions Device::first_request() {
  cmp::EnrollmentOptions options;
  options.type = asn1::PKIBody::ir;
  options.credential = cmp::SecretCredential{
      copy_of(bytes_of(peer_.reference)), copy_of(bytes_of(peer_.secret)), {cmp::MacMethod::Kind::pbm, 500}};
  options.subject = asn1::parse_name(fmt::format("/CN=device {:x}", random_())).value();
  options.trust = peer_.trust;
  options.retry = stubborn;
  options.new_key = new_key();
  options.implicit_confirm = chance(50);
  return options;
}

auto Device::update(const Identity& old) -> std::optional<Identity> {
  cmp::EnrollmentOptions options = first_request();
  options.type = asn1::PKIBody::kur;
  options.credential = cmp::SignatureCredential{old.key, {old.certificate, peer_.issuer}};
  options.subject.clear();
  auto updated = enroll(std::move(options));
  if (updated) ledger_.put(old.serial, Status::updated);
  return updated;
}

auto Device::enroll(cmp::EnrollmentOptions options) -> std::optional<Identity> {
  Identity identity{options.new_key, {}, {}};
  const std::string what =
      fmt::format("{} {}", name_of(options.type), options.implicit_confirm ? "implicit" : "explicit");
  auto enrollment = cmp::Enrollment::create(std::move(options), environment()).value();
  const auto output = conduct(enrollment, what);
  if (!output) return std::nullopt;
  identity.certificate = output->done->certificate;
  identity.serial = copy_of(cmp::CertificateView::decode(identity.certificate)->serial().octets);
  ledger_.put(identity.serial, Status::valid);
  return identity;
}

void Device::walk_away() {
  cmp::EnrollmentOptions options = first_request();
  options.implicit_confirm = false;
  const Bytes key[] = {options.new_key->public_key()};
  const Octets digest = environment().crypto.hash(identifier_of(cmp::Digest::sha256), key).value();
  auto enrollment = cmp::Enrollment::create(std::move(options), environment()).value();
  if (conduct(enrollment, "ir without certConf", "ip")) ledger_.abandon(digest);
}

void Device::revoke(const Identity& identity) {
  cmp::RevocationOptions options;
  options.credential = cmp::SignatureCredential{identity.key, {identity.certificate, peer_.issuer}};
  options.trust = peer_.trust;
  options.retry = stubborn;
  options.reason = asn1::CRLReason::keyCompromise;
  auto revocation = cmp::Revocation::create(std::move(options), environment()).value();
  if (conduct(revocation, "rr")) ledger_.put(identity.serial, Status::revoked);
}

std::optional<cmp::Output> Device::conduct(cmp::Operation& operation, const std::string& what, std::string_view until) {
  const auto end = steady_clock::now() + patience;
  cmp::Output output = operation.start();
  while (!output.done && (until.empty() || operation.last_received() != until)) {
    if (steady_clock::now() > end) {
      ledger_.broken(what + ": no end of it was to be had");
      return std::nullopt;
    }
    output = step(operation, output);
  }
  if (!output.done || output.done->success) return output;
  ledger_.broken(what + ": " + output.done->text);
  return std::nullopt;
}

cmp::Output Device::step(cmp::Operation& operation, const cmp::Output& output) {
  if (output.wake_at) {
    std::this_thread::sleep_for(pause);
    return operation.wake();
  }
  const auto answer = servers_[random_() % servers_.size()].exchange(*output.send);
  if (answer) return operation.receive(*answer);
  ledger_.repeated();
  std::this_thread::sleep_for(pause);
  return operation.start();  // the same octets again
}

}  // namespace cmpkit::crash
