#include "tests/simulation/relay_node.h"

#include <fmt/format.h>

#include "tests/simulation/message_words.h"

namespace cmpkit::simulation {

using asn1::PKIBody;
using std::chrono::seconds;

RelayNode::RelayNode(const Pki& pki, cmp::SignatureCredential credential, const cmp::SharedSecrets& secrets,
                     SeededRandom& random, cmp::Environment environment, const SimulatedClock& clock, bool online,
                     Network network)
    : pki_(pki),
      random_(random),
      environment_(environment),
      network_(std::move(network)),
      trouble_(random, clock, store_, network_.happened) {
  configure(std::move(credential), secrets, online);
  start();
}

/// Which way messages take is the seed's choice.
void RelayNode::configure(cmp::SignatureCredential credential, const cmp::SharedSecrets& secrets, bool online) {
  using Who = cmp::Permission::Who;
  cmp::Permission below{.name = "RA", .who = Who::registration_authority};
  below.operations = {PKIBody::ir, PKIBody::cr, PKIBody::kur, PKIBody::rr, PKIBody::genm};
  below.subject.kind = cmp::SubjectRule::Kind::any;
  below.on_behalf = true;
  cmp::Permission own{.name = "own", .who = Who::certificate};
  own.operations = {PKIBody::cr, PKIBody::kur, PKIBody::rr, PKIBody::genm};
  cmp::Permission secret{.name = "secret", .who = Who::secret};
  secret.operations = {PKIBody::ir};
  configuration_.permissions = {below, own, secret};
  configuration_.protection = credential;
  configuration_.certificate_trust = pki_.trust.get();
  configuration_.secrets = &secrets;
  configuration_.quota = {};
  configuration_.message_time_window = late_by;
  cmp::Upstream upstream;
  upstream.name = "upstream";
  upstream.credential = std::move(credential);
  upstream.trust = pki_.trust.get();
  upstream.online = online;
  if (!upstream.online) upstream.batch = random_.below(4);
  upstream.check_after = seconds{30};
  upstream.give_up = std::chrono::hours{2};
  configuration_.upstreams.push_back(std::move(upstream));
  cmp::Route route;
  route.name = "all";
  route.upstream = "upstream";
  route.forwarding = static_cast<cmp::Forwarding>(random_.below(3));
  configuration_.routes.push_back(std::move(route));
}

/// Of the one before only the store is left.
void RelayNode::start() {
  relay_ = cmp::Relay::create(configuration_, store_, environment_).value();
  waiting_.clear();
}

void RelayNode::act(const cmp::Relayed& relayed, const Origin* origin) {
  if (relayed.reply) network_.tell("says " + in_words(relayed.reply->octets));
  if (relayed.refusal) network_.tell(fmt::format("{} ({})", relayed.refusal->text, relayed.refusal->cause));
  if (trouble_.server_died()) return start();  // before it could say anything
  for (const cmp::Forward& forward : relayed.forwards) {
    network_.tell("sends upstream " + in_words(forward.message));
    if (origin != nullptr && !relayed.reply) waiting_[exchanges_ + 1] = *origin;
    network_.forward(forward.ticket, ++exchanges_, forward.message);
  }
  if (relayed.reply && origin != nullptr) network_.answer(*origin, relayed.reply->octets);
}

void RelayNode::on_request(const Origin& origin, Bytes message) {
  network_.tell("gets " + in_words(message));
  act(relay_->receive(message), &origin);
}

void RelayNode::on_answer(const std::string& ticket, unsigned exchange, Bytes answer) {
  const auto waiting = waiting_.extract(exchange);
  network_.tell("gets " + in_words(answer));
  act(relay_->resume(ticket, answer), waiting ? &waiting.mapped() : nullptr);
}

void RelayNode::on_timeout(const std::string& ticket, unsigned exchange) {
  const auto waiting = waiting_.extract(exchange);
  if (waiting) act(relay_->fail(ticket, "timeout"), &waiting.mapped());
}

void RelayNode::on_tick() {
  relay_->expire();
  send_all(relay_->collect());
  if (random_.chance(10)) send_all(relay_->under_way());  // as after a start
  if (trouble_.server_died()) start();
}

void RelayNode::send_all(const std::vector<cmp::Forward>& forwards) {
  for (const cmp::Forward& forward : forwards) network_.forward(forward.ticket, ++exchanges_, forward.message);
}

std::optional<std::string> RelayNode::end(SimulatedClock& clock) {
  trouble_.end();
  for (int i = 0; i < 3; ++i) {  // it is given up, is not fetched, and is forgotten
    clock.move_to(clock.now() + std::chrono::days{8});
    while (relay_->expire() > 0) continue;
  }
  if (!store_.behind().expired(clock.now() + std::chrono::days{36500}, 1)->empty())
    return "a transaction is left over at an RA";
  return {};
}

}  // namespace cmpkit::simulation
