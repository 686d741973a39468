// The RA and certificates that were revoked (V-36, RFC 9483 Section 3.5): nothing of theirs goes upstream.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <numeric>

#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/crl_status.h"
#include "tests/cmp/registration/relay_world.h"
#include "tests/cmp/support/caller.h"
#include "tests/support/crl_builder.h"
#include "tests/support/nesting.h"
#include "tests/support/told_status.h"

namespace cmpkit::cmp::test {
namespace {

using asn1::PKIBody;
using asn1::PKIFailureInfo;
using asn1::PKIMessage;
using State = CertificateStatus::State;

PKIMessage decoded(Bytes octets) { return asn1::decode<PKIMessage>(octets).value(); }

/// The RA knows the status of certificates, the CA does not.
struct StatusWorld : RelayWorld {
  StatusWorld() { use_relay(status_configuration()); }
  [[nodiscard]] RelayConfiguration status_configuration(Forwarding forwarding = Forwarding::replace) const {
    RelayConfiguration out = relay_configuration(forwarding);
    out.permissions.insert(out.permissions.begin(), ra_permission(every_operation()));
    out.status = &status;
    return out;
  }
  void say(const SignatureCredential& credential, State state) { status.states[credential.chain.front()] = state; }
  [[nodiscard]] std::uint64_t stored_transactions() const {
    const auto counts = ra_store->statistics()->transactions;
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  }
  void check_refused(const Relayed& relayed, PKIFailureInfo::Bit bit = PKIFailureInfo::certRevoked) const {
    CHECK(relayed.forwards.empty());
    REQUIRE(relayed.reply);
    test::check_refused(decoded(relayed.reply->octets), PKIBody::error, bit, "V-36");
    REQUIRE(relayed.reply->refusal);
    CHECK(relayed.reply->refusal->rule == &rules::V_36);
    REQUIRE_FALSE(relayed.reply->trail.checks().empty());
    const Check& final = relayed.reply->trail.checks().back();
    CHECK(final.rule == &rules::V_36);
    CHECK_FALSE(final.passed);
  }

  ToldStatus status;
  SignatureCredential below = ra_credential(*this);
};

/// Any request; it lives as long as this.
struct Request {
  Request(const World& world, PKIBody::Type type, const CertificateView& own) : enrollment(world, body_type(type)) {
    if (type == PKIBody::genm) {
      enrollment.body.set<PKIBody::genm>().push_back({asn1::id_it_caCerts, {}});
    } else if (type == PKIBody::rr) {
      auto& wanted = enrollment.body.set<PKIBody::rr>().emplace_back().certDetails;
      wanted.serialNumber = own.serial();
      wanted.issuer = own.issuer();
    }
  }
  static PKIBody::Type body_type(PKIBody::Type type) {
    return type == PKIBody::genm || type == PKIBody::rr ? PKIBody::ir : type;
  }
  EnrollmentBody enrollment;
};

TEST_CASE("V-36 nothing of a revoked certificate goes upstream, whatever it asks for") {
  StatusWorld world;
  const auto type = GENERATE(PKIBody::ir, PKIBody::cr, PKIBody::kur, PKIBody::p10cr, PKIBody::rr, PKIBody::genm);
  world.use_relay(world.status_configuration(GENERATE(Forwarding::replace, Forwarding::add, Forwarding::unchanged)));
  const bool by_vendor = type == PKIBody::ir;
  const Device device = by_vendor ? Device{} : enrolled(world);
  const SignatureCredential own = by_vendor ? world.vendor_credential() : device.credential(world);
  const Request request(world, type, CertificateView::decode(own.chain.front()).value());
  const Octets message = Caller(world, own).message(request.enrollment.body);
  CAPTURE(asn1::name_of(type));

  world.say(own, State::revoked);
  world.check_refused(world.relay->receive(message));
  CHECK(world.status.asked == 1);
  CHECK(world.status.seen_issuers.back() == (by_vendor ? world.vendor : world.root).certificate);
  CHECK(world.stored_transactions() == 0);
  CHECK(world.ra_store->statistics()->audit_entries == 1);

  world.say(own, State::held);
  if (type != PKIBody::rr) world.check_refused(world.relay->receive(message));
  if (type != PKIBody::rr) world.say(own, State::good);
  const Relayed relayed = world.relay->receive(message);
  INFO((relayed.reply && relayed.reply->refusal ? relayed.reply->refusal->text : ""));
  CHECK(relayed.forwards.size() == 1);
}

TEST_CASE("V-36 what is not known is let through, unless it is required to be known") {
  StatusWorld world;
  RelayConfiguration configuration = world.status_configuration();
  configuration.require_status = GENERATE(false, true);
  world.use_relay(configuration);
  const SignatureCredential own = world.vendor_credential();
  world.say(own, State::unknown);
  const Relayed relayed = world.relay->receive(Caller(world, own).message(EnrollmentBody(world, PKIBody::ir).body));
  if (configuration.require_status)
    world.check_refused(relayed, PKIFailureInfo::systemUnavail);
  else
    CHECK(relayed.forwards.size() == 1);
}

TEST_CASE("V-36 who has a shared secret has no certificate that could be revoked") {
  StatusWorld world;
  RelayConfiguration configuration = world.status_configuration();
  configuration.require_status = true;
  world.use_relay(configuration);
  CHECK(world.enroll(world.options(world.secret_credential())).success);
  CHECK(world.status.asked == 0);
}

TEST_CASE("V-36 the status that is required has to come from somewhere") {
  const RelayWorld world;
  RelayConfiguration configuration = world.relay_configuration();
  configuration.require_status = true;
  const auto made = Relay::create(std::move(configuration), *world.ra_store, world.environment());
  REQUIRE_FALSE(made);
}

TEST_CASE("V-36 a request that is sent again once its certificate is revoked does not go upstream again") {
  StatusWorld world;
  const SignatureCredential own = world.vendor_credential();
  const Octets message = Caller(world, own).message(EnrollmentBody(world, PKIBody::ir).body);
  REQUIRE(world.relay->receive(message).forwards.size() == 1);
  world.say(own, State::revoked);
  world.check_refused(world.relay->receive(message));
}

TEST_CASE("V-36 who is revoked between the answer and certConf confirms nothing") {
  StatusWorld world;
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.implicit_confirm = false;
  auto enrollment = Enrollment::create(options, world.environment()).value();
  const Octets granted = world.through(*enrollment.start().send).octets;
  const Octets confirmation = *enrollment.receive(granted).send;
  world.say(std::get<SignatureCredential>(options.credential), State::revoked);
  world.check_refused(world.relay->receive(confirmation));
  CHECK(world.sent.size() == 1);
  CHECK(world.responder->expire() == 0);
  world.clock.advance(std::chrono::hours{1});
  CHECK(world.responder->expire() == 1);  // so it counts as rejected (C-07)
}

TEST_CASE("V-36 who is revoked while polling does not get the certificate") {
  StatusWorld world;
  RelayConfiguration configuration = world.status_configuration();
  configuration.upstreams.front().online = false;
  world.use_relay(configuration);
  const EnrollmentOptions options = world.options(world.vendor_credential());
  const auto& own = std::get<SignatureCredential>(options.credential);
  auto enrollment = Enrollment::create(options, world.environment()).value();
  const Relayed waiting = world.relay->receive(*enrollment.start().send);
  REQUIRE(enrollment.receive(waiting.reply->octets).wake_at);
  world.exchange(waiting.forwards.front());
  world.clock.advance(std::chrono::seconds{60});
  const Octets poll = *enrollment.wake().send;
  world.say(own, GENERATE(State::revoked, State::held));
  world.check_refused(world.relay->receive(poll));
  world.say(own, State::good);  // nothing was changed meanwhile
  CHECK(enrollment.receive(world.relay->receive(poll).reply->octets).done->success);
}

TEST_CASE("V-36 who is on hold may poll for the answer to the rr, and who is revoked may not") {
  StatusWorld world;
  RelayConfiguration configuration = world.status_configuration();
  configuration.upstreams.front().online = false;
  world.use_relay(configuration);
  const Device device = enrolled(world);
  RevocationOptions options;
  options.trust = world.devices.get();
  options.certificate = device.certificate;
  options.credential = device.credential(world);
  world.say(device.credential(world), State::held);
  auto revocation = Revocation::create(options, world.environment()).value();
  const Relayed waiting = world.relay->receive(*revocation.start().send);
  REQUIRE(waiting.forwards.size() == 1);
  REQUIRE(revocation.receive(waiting.reply->octets).wake_at);
  world.exchange(waiting.forwards.front());
  world.clock.advance(std::chrono::seconds{60});
  const Octets poll = *revocation.wake().send;
  world.say(device.credential(world), State::revoked);
  world.check_refused(world.relay->receive(poll));
  world.say(device.credential(world), State::held);
  CHECK(revocation.receive(world.relay->receive(poll).reply->octets).done->success);
}

TEST_CASE("V-36 a subordinate RA that is revoked approves nothing, and a good one nobody who is") {
  StatusWorld world;
  const SignatureCredential own = world.vendor_credential();
  const Octets request = Caller(world, own).message(EnrollmentBody(world, PKIBody::ir).body);
  const Octets nested = approving(world, world.below, request);
  world.say(world.below, GENERATE(State::revoked, State::held));
  world.check_refused(world.relay->receive(nested));
  CHECK(world.status.asked == 1);  // nobody looked into it
  world.say(world.below, State::good);
  world.say(own, State::revoked);
  world.check_refused(world.relay->receive(nested));
  world.say(own, State::good);
  CHECK(world.relay->receive(nested).forwards.size() == 1);
}

TEST_CASE("V-36 of a batch nothing goes upstream where who sent it is revoked, else what is of others") {
  StatusWorld world;
  const SignatureCredential revoked = world.vendor_credential("/CN=a"), good = world.vendor_credential("/CN=b");
  const auto request = [&](const SignatureCredential& own, const char* subject) {
    return Caller(world, own).message(EnrollmentBody(world, PKIBody::ir, subject).body);
  };
  const Octets batch = batch_of(world, world.below, {request(revoked, "/CN=a"), request(good, "/CN=b")});
  world.say(revoked, State::revoked);
  world.say(world.below, State::revoked);
  world.check_refused(world.relay->receive(batch));
  world.say(world.below, State::good);
  const Relayed relayed = world.relay->receive(batch);
  REQUIRE(relayed.forwards.size() == 1);
  const Relayed answered = world.exchange(relayed.forwards.front());
  const auto answers = messages_of(answered.reply->octets);
  REQUIRE(answers.size() == 2);
  test::check_refused(decoded(answers[0]), PKIBody::error, PKIFailureInfo::certRevoked, "V-36");
  CHECK(decoded(answers[1]).body.type() == PKIBody::ip);
}

TEST_CASE("V-36 a device whose vendor revoked it by CRL does not enrol through the RA") {
  StatusWorld world;
  CrlStatus crls(botan_crypto());
  RelayConfiguration configuration = world.status_configuration();
  configuration.status = &crls;
  configuration.require_status = true;
  world.use_relay(configuration);
  const EnrollmentOptions revoked = world.options(world.vendor_credential("/CN=a"));
  const Octets& certificate = std::get<SignatureCredential>(revoked.credential).chain.front();
  const cmpkit::test::CrlContent content{name("/O=Vendor/CN=Vendor CA"),
                                         world.clock.now(),
                                         world.clock.now() + std::chrono::hours{1},
                                         {cmpkit::test::crl_entry(certificate, asn1::CRLReason::keyCompromise)},
                                         {}};
  REQUIRE(crls.replace("vendor", {cmpkit::test::make_crl(content, *world.vendor.signer)}));
  const Outcome refused = world.enroll(revoked);
  CHECK(refused.fail_info == PKIFailureInfo::certRevoked);
  CHECK(world.sent.empty());
  CHECK(world.enroll(world.options(world.vendor_credential())).success);
}

}  // namespace
}  // namespace cmpkit::cmp::test
