// The RAs of a run: what connects them to each other, to the devices and to the CA.
#include "tests/simulation/simulation.h"

namespace cmpkit::simulation {

namespace {

constexpr std::chrono::seconds gives_up_after{60};  // on one exchange

}  // namespace

/// One of them at most is not online, and the CA is quick then: where clients wait at two places for the same answer,
/// the nonces of a message whose protection stays (kur, unchanged) cannot be right at both.
void Simulation::add_relays(std::size_t count) {
  if (count == 0) return;
  const std::size_t offline = random_.chance(60) ? random_.below(count) : count;
  if (offline < count) make_quick();
  for (std::size_t i = 0; i < count; ++i) add_relay(pki_.registration_authorities[i], i != offline);
}

void Simulation::add_relay(const cmp::SignatureCredential& credential, bool online) {
  const std::size_t hop = relays_.size();
  RelayNode::Network network;
  network.answer = [this, hop](const Origin& origin, const Octets& message) { answer(hop, origin, message); };
  network.forward = [this, hop](const std::string& ticket, unsigned exchange, const Octets& message) {
    transmit({Event::Type::to_server, 0, exchange, message, hop + 1, ticket});
    schedule(gives_up_after, {Event::Type::relay_timeout, 0, exchange, {}, hop, ticket});
  };
  network.happened = [this](const std::string& what) { happened("at an RA: " + what); };
  network.tell = [this, hop](const std::string& what) { tell("RA " + std::to_string(hop) + ": " + what); };
  relays_.push_back(std::make_unique<RelayNode>(pki_, credential, *secrets_, random_, environment(), clock_, online,
                                                std::move(network)));
}

/// From the RA or CA at this hop to who waits below it.
void Simulation::answer(std::size_t hop, const Origin& origin, const Octets& message) {
  if (!asn1::decode<asn1::PKIMessage>(message)) return broken("an answer is no PKIMessage");
  if (hop == 0) return transmit({Event::Type::to_device, origin.device, origin.exchange, message});
  transmit({Event::Type::to_relay, 0, origin.exchange, message, hop - 1, origin.ticket});
}

}  // namespace cmpkit::simulation
