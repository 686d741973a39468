// What does an RA add to an operation: to take a message of a device in, send it on, and hand the answer down?
//
// The floor is the signatures and verifications that this takes at the RA alone, by the same provider and on the same
// core, taken in turn with it. What devices and the CA do happens while the clock stands still. The RA keeps its state
// in memory.
#include <algorithm>
#include <ctime>
#include <functional>

#include "bench/row.h"
#include "tests/support/registration.h"

namespace {

using namespace cmpkit;
using namespace cmpkit::cmp;
using asn1::PKIBody;

constexpr std::size_t batch = 64;
constexpr int rounds = 10;
constexpr int iterations = 500;  // of PBM

struct TheWorld : test::World {
  TheWorld() : ra(test::registration_authority(*this, "/O=Operator/CN=RA")) { renew(); }
  void renew() {
    store = memory_store();
    auto changed = configuration();
    changed.permissions = test::permissions_behind_ra(false);
    use(std::move(changed));
  }
  test::Identity ra;
};

TheWorld& world() {
  static TheWorld the_world;
  return the_world;
}

double microseconds(std::clock_t ticks) { return 1e6 * static_cast<double>(ticks) / CLOCKS_PER_SEC; }

struct Floor {
  int new_keys;  // verifications by keys not seen before: possession
  int verifications, signatures, derivations;
};

double floor_once(const Floor& floor) {
  static const Octets text(600, 0x5A);
  const Bytes message[] = {text};
  static const auto pbm = make_pbm_parameters(system_random(), iterations);
  struct Signed {
    std::shared_ptr<const Signer> key;
    Octets signature;
  };
  std::vector<Signed> fresh;
  for (std::size_t i = 0; i <= batch * static_cast<std::size_t>(floor.new_keys); ++i) {
    auto key = world().new_signer();
    auto signature = key->sign(message).value();
    fresh.push_back({std::move(key), std::move(signature)});
  }
  const auto verify = [&](const Signed& each) {
    if (!botan_crypto().verify(each.key->algorithm(), each.key->public_key(), message, each.signature)) std::abort();
  };
  const Signed known = fresh.back();
  fresh.pop_back();
  verify(known);
  const auto start = std::clock();
  for (const Signed& each : fresh) verify(each);
  for (std::size_t i = 0; i < batch; ++i) {
    for (int n = 0; n < floor.verifications; ++n) verify(known);
    for (int n = 0; n < floor.signatures; ++n)
      if (!known.key->sign(message)) std::abort();
    for (int n = 0; n < floor.derivations; ++n)
      if (!botan_crypto().mac(*pbm, text, {})) std::abort();
  }
  return microseconds(std::clock() - start) / batch;
}

/// The messages of devices, one each.
using Make = std::function<Octets()>;

Octets request(const Credential& credential) {
  EnrollmentOptions options = world().options(credential);
  return *Enrollment::create(std::move(options), world().environment()).value().start().send;
}

/// What the RA takes for the requests, one after the other.
double ours_once(Relay& relay, const std::vector<Octets>& requests) {
  std::clock_t spent = 0;
  for (const Octets& each : requests) {
    auto start = std::clock();
    const Relayed relayed = relay.receive(each);
    spent += std::clock() - start;
    if (relayed.forwards.size() != 1) std::fprintf(stderr, "the RA forwards nothing\n"), std::abort();
    const Octets answer = world().responder->respond(relayed.forwards.front().message).octets;
    start = std::clock();
    const Relayed done = relay.resume(relayed.forwards.front().ticket, answer);
    spent += std::clock() - start;
    if (!done.reply || done.reply->refusal) std::fprintf(stderr, "the RA gives no answer\n"), std::abort();
  }
  return microseconds(spent) / batch;
}

void measure(const char* what, const Floor& floor, Forwarding forwarding, bool transparent, const Make& make) {
  bench::Row row{what, 1e18, 1e18, {}};
  for (int round = 0; round < rounds; ++round) {
    world().renew();
    const auto store = memory_store();
    auto configuration = test::relay_configuration(
        world(), world().ra, forwarding,
        SignatureCredential{world().ra.signer, {world().ra.certificate, world().ca.certificate}});
    configuration.routes.front().transparent = transparent;
    const auto relay = Relay::create(std::move(configuration), *store, world().environment()).value();
    std::vector<Octets> requests;
    for (std::size_t i = 0; i < batch; ++i) requests.push_back(make());
    row.floor = std::min(*row.floor, floor_once(floor));
    row.ours = std::min(row.ours, ours_once(*relay, requests));
  }
  if (floor.new_keys + floor.verifications + floor.signatures + floor.derivations == 0) row.floor.reset();
  print(row);
}

}  // namespace

int main() {
  const Credential vendor = world().vendor_credential();
  const Credential secret = world().secret_credential({MacMethod::Kind::pbm, iterations});
  const auto by_vendor = [&] { return request(vendor); };
  const auto by_secret = [&] { return request(secret); };
  // Protection is verified and made, both ways, and possession verified.
  measure("RA, ir: protection replaced", {1, 2, 2, 0}, Forwarding::replace, false, by_vendor);
  measure("RA, ir: MAC to signature and back", {1, 1, 1, 2}, Forwarding::replace, false, by_secret);
  measure("RA, ir: protection added", {1, 2, 1, 0}, Forwarding::add, false, by_vendor);
  measure("RA, ir: unchanged, verified", {1, 2, 0, 0}, Forwarding::unchanged, false, by_vendor);
  measure("RA, ir: unchanged, transparent", {0, 0, 0, 0}, Forwarding::unchanged, true, by_vendor);
}
