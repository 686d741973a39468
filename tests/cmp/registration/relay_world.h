// An RA in front of the CA of a World: what it forwards goes to the CA's responder, in the same thread.
#pragma once

#include "cmpkit/cmp/inquiry.h"
#include "cmpkit/cmp/relay.h"
#include "cmpkit/cmp/revocation.h"
#include "tests/support/world.h"

namespace cmpkit::cmp::test {

class RelayWorld : public World {
 public:
  RelayWorld() {
    Identity key = new_identity("/O=Operator/CN=RA");
    ra_signer = {key.signer, {key.certificate, ca.certificate}};
    ra_trust =
        std::make_unique<TrustStore>(TrustStore::make(botan_crypto(), {vendor.certificate, root.certificate}).value());
    ResponderConfiguration for_ca = configuration();
    Permission ra;
    ra.name = "ra";
    ra.who = Permission::Who::certificate;
    ra.operations = every_operation();
    ra.subject.kind = SubjectRule::Kind::any;
    ra.on_behalf = true;
    for_ca.permissions.insert(for_ca.permissions.begin(), ra);
    use(for_ca);
    use_relay(relay_configuration());
  }

  static std::set<asn1::PKIBody::Type> every_operation() {
    using asn1::PKIBody;
    return {PKIBody::ir, PKIBody::cr, PKIBody::kur, PKIBody::p10cr, PKIBody::rr, PKIBody::genm};
  }

  /// A key with a certificate of the operator's CA.
  [[nodiscard]] Identity new_identity(std::string_view subject) {
    auto signer = new_signer();
    const CertificatePeriod period{clock.now() - std::chrono::hours{1}, clock.now() + std::chrono::days{365}};
    Octets certificate = make_cmp_signer_certificate({ca.certificate, *ca.signer}, name(subject), signer->public_key(),
                                                     period, environment())
                             .value();
    return {std::move(signer), std::move(certificate)};
  }

  /// One upstream `ca`, one route for all.
  [[nodiscard]] RelayConfiguration relay_configuration(Forwarding forwarding = Forwarding::replace) const {
    RelayConfiguration out;
    out.protection = ra_signer;
    out.certificate_trust = ra_trust.get();
    out.secrets = &secrets;
    out.permissions = permissions();
    Upstream upstream;
    upstream.name = "ca";
    upstream.credential = ra_signer;
    upstream.trust = devices.get();
    out.upstreams = {upstream};
    Route route;
    route.name = "all";
    route.upstream = "ca";
    route.forwarding = forwarding;
    out.routes = {route};
    return out;
  }

  void use_relay(RelayConfiguration configuration) {
    relay = Relay::create(std::move(configuration), *ra_store, environment()).value();
  }

  /// What the CA says to what the RA forwards; `seen` gets both.
  Relayed exchange(const Forward& forward) {
    sent.push_back(forward);
    const Reply answer = responder->respond(forward.message, forward.profile);
    answers.push_back(answer.octets);
    return relay->resume(forward.ticket, answer.octets);
  }

  /// One message of a device, to its answer.
  Reply through(Bytes message) {
    Relayed relayed = relay->receive(message);
    while (!relayed.reply && !relayed.forwards.empty()) {
      const std::vector<Forward> forwards = std::move(relayed.forwards);
      for (const Forward& forward : forwards) relayed = exchange(forward);
    }
    return std::move(relayed.reply).value();
  }

  /// An operation through the RA, polling at once.
  Outcome run_through(Operation& operation) {
    Output output = operation.start();
    while (!output.done) {
      if (output.wake_at) {
        clock.advance(std::max(std::chrono::seconds{0}, *output.wake_at - clock.now()));
        if (on_wait) on_wait();
        output = operation.wake();
        continue;
      }
      last = through(*output.send);
      output = operation.receive(last.octets);
    }
    return std::move(*output.done);
  }
  Outcome enroll(EnrollmentOptions options) {
    auto enrollment = Enrollment::create(std::move(options), environment()).value();
    return run_through(enrollment);
  }

  std::unique_ptr<Store> ra_store = memory_store();
  SignatureCredential ra_signer;
  std::unique_ptr<TrustStore> ra_trust;
  std::unique_ptr<Relay> relay;
  std::vector<Forward> sent;
  std::vector<Octets> answers;
  Reply last{};
  std::function<void()> on_wait;
};

}  // namespace cmpkit::cmp::test
