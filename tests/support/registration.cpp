#include "tests/support/registration.h"

#include "cmpkit/asn1/oids.h"
#include "tests/support/certificate_builder.h"

namespace cmpkit::cmp::test {

using asn1::PKIBody;

Identity registration_authority(const World& world, const std::string& subject) {
  auto issued = cmpkit::test::CertificateBuilder(subject)
                    .key(world.new_signer())
                    .valid(world.clock.now() - std::chrono::days{1}, world.clock.now() + std::chrono::days{365})
                    .key_usage({asn1::KeyUsage::digitalSignature})
                    .purposes({asn1::id_kp_cmcRA})
                    .issued_by({world.ca.certificate, world.ca.signer});
  return {std::move(issued.signer), std::move(issued.certificate)};
}

SecretCredential ra_secret(World& world) {
  const Octets secret = octets("secret-of-the-ra");
  world.secrets.secrets[octets(ra_reference)] = secret;
  return {octets(ra_reference), secret, {MacMethod::Kind::pbm, 500}};
}

std::vector<Permission> permissions_behind_ra(bool approved) {
  Permission authorities{.name = "RAs", .who = Permission::Who::registration_authority};
  authorities.operations = {PKIBody::ir, PKIBody::cr, PKIBody::kur, PKIBody::p10cr, PKIBody::rr, PKIBody::genm};
  authorities.subject.kind = SubjectRule::Kind::any;
  authorities.on_behalf = true;
  Permission by_secret = authorities;
  by_secret.name = "RAs by a secret";
  by_secret.who = Permission::Who::secret;
  by_secret.references = {ra_reference};
  by_secret.operations.erase(PKIBody::kur);
  by_secret.operations.erase(PKIBody::rr);
  std::vector<Permission> out{std::move(authorities), std::move(by_secret)};
  for (Permission& each : World::permissions()) {
    each.approved = approved;
    out.push_back(std::move(each));
  }
  return out;
}

RelayConfiguration relay_configuration(const World& world, const Identity& identity, Forwarding forwarding,
                                       std::optional<Credential> upward) {
  RelayConfiguration configuration;
  configuration.protection = {identity.signer, {identity.certificate, world.ca.certificate}};
  configuration.certificate_trust = world.requesters.get();
  configuration.secrets = &world.secrets;
  configuration.permissions = World::permissions();
  configuration.quota = {};
  Upstream upstream;
  upstream.name = "ca";
  upstream.credential = std::move(upward);
  upstream.trust = world.devices.get();
  upstream.recipient = name("/O=Operator/CN=Issuing CA");
  configuration.upstreams.push_back(std::move(upstream));
  Route route;
  route.name = "all";
  route.upstream = "ca";
  route.forwarding = forwarding;
  configuration.routes.push_back(std::move(route));
  return configuration;
}

RelayProcess::RelayProcess(Environment environment, RelayConfiguration configuration, RelayDriver::Exchange exchange)
    : environment_(environment), configuration_(std::move(configuration)), exchange_(std::move(exchange)) {
  restart();
}

void RelayProcess::restart() { restart(configuration_); }

void RelayProcess::restart(RelayConfiguration configuration) {
  configuration_ = std::move(configuration);
  auto relay = Relay::create(configuration_, *store, environment_);
  Relay& made = *relay.value();
  auto running = std::make_shared<Running>(Running{std::move(*relay), RelayDriver(made, exchange_)});
  const std::scoped_lock lock(mutex_);
  running_ = std::move(running);
}

std::shared_ptr<RelayProcess::Running> RelayProcess::now() {
  const std::scoped_lock lock(mutex_);
  return running_;
}

}  // namespace cmpkit::cmp::test
