// The RA between devices and a CA, in one process (RFC 9483 Section 5.2).
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmp/message/encode_message.h"
#include "cmp/protection/authenticate.h"
#include "tests/cmp/registration/relay_world.h"
#include "tests/cmp/support/caller.h"

namespace cmpkit::cmp::test {
namespace {

using asn1::PKIBody;
using asn1::PKIMessage;

PKIMessage decoded(Bytes octets) { return asn1::decode<PKIMessage>(octets).value(); }

TEST_CASE("A-46 devices enrol through the RA, whatever their protection, with certConf or without") {
  RelayWorld world;
  world.use_relay(world.relay_configuration(GENERATE(Forwarding::replace, Forwarding::add, Forwarding::unchanged)));
  const bool by_secret = GENERATE(false, true), implicit = GENERATE(false, true);
  EnrollmentOptions options =
      world.options(by_secret ? Credential(world.secret_credential()) : Credential(world.vendor_credential()));
  options.implicit_confirm = implicit;
  const Outcome outcome = world.enroll(options);
  INFO(outcome.text);
  REQUIRE(outcome.success);
  CHECK(world.status_of(outcome.certificate) == IssuedCertificate::Status::valid);
  CHECK(world.sent.size() == (implicit ? 1 : 2));
  CHECK(world.sent.back().operation == PKIBody::ir);  // RFC 9483 Section 6.1: also of what follows the request
}

TEST_CASE("A-46 an error that upstream signs reaches a client that has a secret under a MAC") {
  RelayWorld world;
  world.use_relay(world.relay_configuration(GENERATE(Forwarding::unchanged, Forwarding::add)));
  const SecretMap none;  // the secret is known to the RA only
  ResponderConfiguration for_ca = world.configuration();
  for_ca.secrets = &none;
  world.use(for_ca);
  const Outcome outcome = world.enroll(world.options(world.secret_credential()));
  CHECK_FALSE(outcome.success);
  CHECK(outcome.authenticated);
  CHECK(outcome.fail_info);
  CHECK(is_mac_protected(decoded(world.last.octets)).value());
}

TEST_CASE("C-08 that a certificate is confirmed the RA says only where upstream did") {
  RelayWorld world;
  EnrollmentOptions options = world.options(world.secret_credential());
  options.implicit_confirm = false;
  auto enrollment = Enrollment::create(options, world.environment()).value();
  const Octets request = *enrollment.start().send;
  const Octets granted = world.through(request).octets;
  const bool in_time = GENERATE(false, true);
  if (!in_time) world.clock.advance(std::chrono::hours{1});
  const Octets saved = enrollment.save();
  const Octets confirmation = *enrollment.receive(granted).send;
  CHECK(decoded(world.through(confirmation).octets).body.type() == (in_time ? PKIBody::pkiconf : PKIBody::error));

  auto another = Enrollment::resume(options, world.environment(), saved).value();  // confirms by a message of its own
  const Octets answer = world.through(*another.receive(granted).send).octets;
  REQUIRE(decoded(answer).body.type() == PKIBody::error);
  CHECK(another.receive(answer).done->success == in_time);
}

TEST_CASE("P-11 with a MAC an answer brings certificates only where it grants one") {
  RelayWorld world;
  EnrollmentOptions options = world.options(world.secret_credential());
  options.implicit_confirm = false;
  REQUIRE(world.enroll(options).success);
  REQUIRE(world.answers.size() == 2);
  REQUIRE(decoded(world.answers.back()).extraCerts);  // of the signature of upstream
  CHECK(decoded(world.last.octets).body.type() == PKIBody::pkiconf);
  CHECK_FALSE(decoded(world.last.octets).extraCerts);
}

TEST_CASE("A-06 nonces and transactionID of what is forwarded stay; A-40 the signature is the RA's") {
  RelayWorld world;
  auto enrollment = Enrollment::create(world.options(world.secret_credential()), world.environment()).value();
  const Octets request = enrollment.start().send.value();
  const Relayed relayed = world.relay->receive(request);
  REQUIRE(relayed.forwards.size() == 1);
  const PKIMessage before = decoded(request), after = decoded(relayed.forwards.front().message);
  CHECK(same_octets(*before.header.transactionID, *after.header.transactionID));
  CHECK(same_octets(*before.header.senderNonce, *after.header.senderNonce));
  CHECK(same_octets(after.extraCerts->front().tlv, world.ra_signer.chain.front()));
  CHECK(relayed.forwards.front().operation == PKIBody::ir);
}

TEST_CASE("A-44 where the permission maps the subject the request says raVerified") {
  RelayWorld world;
  RelayConfiguration configuration = world.relay_configuration();
  configuration.permissions.front().subject = {SubjectRule::Kind::pattern, "/O=Operator/CN={CN}.ran"};
  world.use_relay(configuration);
  const Outcome outcome = world.enroll(world.options(world.vendor_credential()));
  INFO(outcome.text);
  REQUIRE(outcome.success);
  const auto certificate = CertificateView::decode(outcome.certificate);
  CHECK(certificate->name() == "/O=Operator/CN=device.ran");
  const PKIMessage request = decoded(world.sent.front().message);
  CHECK(request.body.cert_requests()->front().popo->type() == asn1::ProofOfPossession::raVerified);
}

TEST_CASE("A-41 a kur goes in a nested message, in its own protection") {
  RelayWorld world;
  const Outcome first = world.enroll(world.options(world.vendor_credential()));
  REQUIRE(first.success);
  auto options = world.options(world.vendor_credential());
  auto key = world.new_signer();
  options.new_key = key;
  const Outcome issued = world.enroll(options);
  REQUIRE(issued.success);
  EnrollmentOptions update = world.options(SignatureCredential{key, {issued.certificate, world.ca.certificate}});
  update.type = PKIBody::kur;
  update.subject.clear();
  world.sent.clear();
  const Outcome outcome = world.enroll(update);
  INFO(outcome.text);
  REQUIRE(outcome.success);
  CHECK(decoded(world.sent.front().message).body.type() == PKIBody::nested);
  CHECK(world.sent.front().operation == PKIBody::kur);
}

TEST_CASE("A-60 behind an upstream that is not online clients poll the RA") {
  RelayWorld world;
  RelayConfiguration configuration = world.relay_configuration(GENERATE(Forwarding::replace, Forwarding::unchanged));
  configuration.upstreams.front().online = false;
  world.use_relay(configuration);
  std::size_t waits = 0;
  world.on_wait = [&] {
    if (++waits % 2 != 0) return;  // the second time the post has been
    const std::vector<Forward> forwards = world.relay->under_way();
    for (const Forward& forward : forwards) {
      const Relayed relayed = world.exchange(forward);
      CHECK(!relayed.reply);
      CHECK(!relayed.refusal);
    }
  };
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.implicit_confirm = GENERATE(false, true);
  const Outcome outcome = world.enroll(options);
  INFO(outcome.text);
  REQUIRE(outcome.success);
  CHECK(world.status_of(outcome.certificate) == IssuedCertificate::Status::valid);
}

TEST_CASE("A-60 the final answer names the last pollReq for clients that want it so") {
  RelayWorld world;
  RelayConfiguration configuration = world.relay_configuration();
  configuration.upstreams.front().online = false;
  configuration.answer_last_poll = GENERATE(false, true);
  world.use_relay(configuration);
  auto enrollment = Enrollment::create(world.options(world.secret_credential()), world.environment()).value();
  const Octets request = enrollment.start().send.value();
  const Relayed waiting = world.relay->receive(request);
  REQUIRE(enrollment.receive(waiting.reply->octets).wake_at);
  world.exchange(waiting.forwards.front());
  world.clock.advance(std::chrono::seconds{60});
  const Octets poll = enrollment.wake().send.value();
  const Relayed final = world.relay->receive(poll);
  const Octets& named = configuration.answer_last_poll ? poll : request;
  CHECK(same_octets(*decoded(final.reply->octets).header.recipNonce, *decoded(named).header.senderNonce));
  CHECK(enrollment.receive(final.reply->octets).done);
}

TEST_CASE("A-30 batches are answered one by one, what is missing by systemUnavail (A-33)") {
  RelayWorld world;
  RelayConfiguration configuration = world.relay_configuration();
  configuration.upstreams.front().online = false;
  configuration.upstreams.front().batch = 10;
  world.use_relay(configuration);
  std::vector<Enrollment> devices;
  for (int i = 0; i < 3; ++i) {
    EnrollmentOptions options = world.options(world.vendor_credential("/CN=device " + std::to_string(i)));
    options.subject = name("/CN=device " + std::to_string(i));
    devices.push_back(Enrollment::create(std::move(options), world.environment()).value());
  }
  for (Enrollment& device : devices) {
    const Relayed relayed = world.relay->receive(*device.start().send);
    CHECK(relayed.forwards.empty());
    REQUIRE(relayed.reply);
    CHECK(device.receive(relayed.reply->octets).wake_at);
  }
  const std::vector<Forward> batches = world.relay->collect();
  REQUIRE(batches.size() == 1);
  CHECK(batches.front().operation == PKIBody::nested);
  CHECK(world.relay->collect().empty());
  const Relayed resumed = world.exchange(batches.front());
  CHECK(!resumed.refusal);
  world.clock.advance(std::chrono::seconds{60});
  for (Enrollment& device : devices) {
    const Output poll = device.wake();
    REQUIRE(poll.send);
    const Relayed relayed = world.relay->receive(*poll.send);
    REQUIRE(relayed.reply);
    const Output output = device.receive(relayed.reply->octets);
    INFO(relayed.reply->response);
    REQUIRE(output.done);
    CHECK(output.done->success);
  }
}

TEST_CASE("A relay that comes after another one takes the answer") {
  RelayWorld world;
  auto enrollment = Enrollment::create(world.options(world.secret_credential()), world.environment()).value();
  const Octets request = enrollment.start().send.value();
  const Relayed relayed = world.relay->receive(request);
  world.use_relay(world.relay_configuration());
  const Relayed answered = world.exchange(relayed.forwards.front());
  REQUIRE(answered.reply);
  const Output output = enrollment.receive(answered.reply->octets);
  REQUIRE(output.done);
  CHECK(output.done->success);
  const Relayed again = world.relay->receive(request);
  REQUIRE(again.reply);
  CHECK(again.reply->octets == answered.reply->octets);
}

TEST_CASE("What upstream should not have answered is systemFailure, and the right answer is still taken") {
  RelayWorld world;
  auto enrollment = Enrollment::create(world.options(world.secret_credential()), world.environment()).value();
  const Octets request = enrollment.start().send.value();
  const Forward forward = world.relay->receive(request).forwards.front();
  const Relayed garbage = world.relay->resume(forward.ticket, octets("no message"));
  REQUIRE(garbage.reply);
  CHECK(garbage.reply->refusal->fail_info == asn1::PKIFailureInfo::systemFailure);
  const Relayed none = world.relay->fail(forward.ticket, "connection refused");
  REQUIRE(none.reply);
  CHECK(none.reply->refusal->fail_info == asn1::PKIFailureInfo::systemUnavail);
  const Relayed unusable = world.relay->fail(forward.ticket, "HTTP 404", NoAnswer::unusable);
  REQUIRE(unusable.reply);
  CHECK(unusable.reply->refusal->fail_info == asn1::PKIFailureInfo::systemFailure);  // E-31
  CHECK(unusable.reply->refusal->cause == "HTTP 404");
  const Relayed repeated = world.relay->receive(request);
  REQUIRE(repeated.forwards.size() == 1);
  CHECK(repeated.forwards.front().message == forward.message);
  const Relayed answered = world.exchange(repeated.forwards.front());
  CHECK(answered.reply->response == "ip");
}

/// Whose CA lets clients poll twice.
class SlowWorld : public RelayWorld {
 public:
  SlowWorld() {
    ResponderConfiguration for_ca = configuration();
    for (Permission& each : for_ca.permissions) each.on_behalf = each.who == Permission::Who::certificate;
    for_ca.delay = &slow_;
    use(for_ca);
  }

 private:
  class Slow final : public DelayPolicy {
   public:
    std::optional<std::chrono::seconds> delay(PKIBody::Type, unsigned polls) override {
      return polls < 2 ? std::optional(std::chrono::seconds{5}) : std::nullopt;
    }
  } slow_;
};

TEST_CASE("What comes late in answer to an earlier message is not taken for the answer to a poll") {
  SlowWorld world;
  auto enrollment = Enrollment::create(world.options(world.secret_credential()), world.environment()).value();
  const Forward request = world.relay->receive(*enrollment.start().send).forwards.front();
  const Relayed waiting = world.exchange(request);
  REQUIRE(enrollment.receive(waiting.reply->octets).wake_at);
  world.clock.advance(std::chrono::seconds{5});
  const Forward poll = world.relay->receive(*enrollment.wake().send).forwards.front();
  REQUIRE(decoded(poll.message).body.type() == PKIBody::pollReq);

  const Relayed late = world.relay->resume(request.ticket, world.answers.front());
  REQUIRE(late.reply);
  CHECK(late.reply->refusal);
  CHECK(world.relay->fail(request.ticket, "time-out").reply->refusal);
  const Relayed answered = world.exchange(poll);
  REQUIRE(answered.reply);
  CHECK(answered.reply->response == "pollRep");
  CHECK(enrollment.receive(answered.reply->octets).wake_at);
}

TEST_CASE("A poll that an online upstream could not answer is followed by the client's next one") {
  SlowWorld world;
  const EnrollmentOptions options = world.options(world.secret_credential());
  auto enrollment = Enrollment::create(options, world.environment()).value();
  const Output output = enrollment.receive(world.through(*enrollment.start().send).octets);
  REQUIRE(output.wake_at);
  world.clock.advance(std::chrono::seconds{5});
  const Octets saved = enrollment.save();
  const Relayed lost = world.relay->receive(enrollment.wake().send.value());
  REQUIRE(lost.forwards.size() == 1);
  CHECK(world.relay->fail(lost.forwards.front().ticket, "away").reply);

  auto resumed = Enrollment::resume(options, world.environment(), saved).value();  // polls by a message of its own
  const Relayed next = world.relay->receive(resumed.wake().send.value());
  REQUIRE(next.forwards.size() == 1);
  const Relayed answered = world.exchange(next.forwards.front());
  REQUIRE(answered.reply);
  CHECK(answered.reply->response == "pollRep");
  CHECK(resumed.receive(answered.reply->octets).wake_at);
}

TEST_CASE("A-70 an upstream that does not answer in time is systemUnavail at the next poll") {
  RelayWorld world;
  RelayConfiguration configuration = world.relay_configuration();
  configuration.upstreams.front().online = false;
  configuration.upstreams.front().give_up = std::chrono::seconds{30};
  world.use_relay(configuration);
  world.on_wait = [&] { (void)world.relay->expire(); };
  EnrollmentOptions options = world.options(world.secret_credential());
  options.retry.later = 0;
  const Outcome outcome = world.enroll(options);
  CHECK_FALSE(outcome.success);
  CHECK(outcome.fail_info == asn1::PKIFailureInfo::systemUnavail);
}

TEST_CASE("Somebody else's transaction of the same transactionID does not lead a client's messages elsewhere") {
  RelayWorld world;
  RelayConfiguration configuration = world.relay_configuration();
  Upstream other = configuration.upstreams.front();
  other.name = "other";
  configuration.upstreams.push_back(other);
  Route route = configuration.routes.front();
  route.name = "cr elsewhere";
  route.operations = {PKIBody::cr};
  route.upstream = "other";
  configuration.routes.insert(configuration.routes.begin(), route);
  world.use_relay(configuration);
  EnrollmentOptions options = world.options(world.secret_credential());
  options.implicit_confirm = false;
  auto enrollment = Enrollment::create(options, world.environment()).value();
  const Octets request = enrollment.start().send.value();
  const Output answered = enrollment.receive(world.through(request).octets);
  REQUIRE(answered.send);

  Transaction theirs;
  theirs.sender = octets("cintruder");
  theirs.transaction_id = copy_of(*decoded(request).header.transactionID);
  theirs.route = "cr elsewhere";
  Change change;
  change.transaction = theirs;
  REQUIRE(world.ra_store->commit(change).value() == Commit::done);
  const Relayed relayed = world.relay->receive(*answered.send);
  REQUIRE(relayed.forwards.size() == 1);
  CHECK(relayed.forwards.front().upstream == "ca");
}

TEST_CASE("The inventory learns what becomes of a device, by the RA's anchors for its manufacturer") {
  RelayWorld world;
  StoredDevice device;
  device.manufacturer = "ACME";
  device.serial = "4711";
  Change change;
  change.devices = {device};
  REQUIRE(world.ra_store->commit(change).value() == Commit::done);
  InventoryPolicyOptions inventory;
  inventory.vendors = {{"ACME", {world.vendor.certificate}}};
  const auto policy = inventory_policy(inventory, *world.ra_store, botan_crypto());
  RelayConfiguration configuration = world.relay_configuration();
  configuration.policy = policy.get();
  world.use_relay(configuration);
  const auto state = [&] { return world.ra_store->device("ACME", "4711").value()->state; };

  EnrollmentOptions options = world.options(world.vendor_credential("/CN=device/serialNumber=4711"));
  options.implicit_confirm = GENERATE(false, true);
  auto enrollment = Enrollment::create(options, world.environment()).value();
  const Octets request = enrollment.start().send.value();
  Output output = enrollment.receive(world.through(request).octets);
  if (!options.implicit_confirm) {
    CHECK(state() == StoredDevice::State::onboarded);
    output = enrollment.receive(world.through(*output.send).octets);
  }
  REQUIRE(output.done);
  CHECK(output.done->success);
  CHECK(state() == StoredDevice::State::in_operation);

  const Outcome unknown = world.enroll(world.options(world.vendor_credential("/CN=device/serialNumber=9999")));
  CHECK_FALSE(unknown.success);
  CHECK(unknown.fail_info == asn1::PKIFailureInfo::notAuthorized);
}

TEST_CASE("A transparent route passes what it cannot check") {
  RelayWorld world;
  RelayConfiguration configuration = world.relay_configuration(Forwarding::unchanged);
  configuration.routes.front().transparent = true;
  configuration.secrets = nullptr;
  world.use_relay(configuration);
  const Outcome outcome = world.enroll(world.options(world.secret_credential()));
  INFO(outcome.text);
  CHECK(outcome.success);
  CHECK(world.ra_store->statistics()->audit_entries == 0);
}

TEST_CASE("A device may revoke its own certificate through the RA, and no other one") {
  RelayWorld world;
  auto key = world.new_signer();
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.new_key = key;
  const Outcome issued = world.enroll(options);
  REQUIRE(issued.success);
  RevocationOptions revocation;
  revocation.trust = world.devices.get();
  revocation.certificate = issued.certificate;
  revocation.credential = world.vendor_credential("/CN=other");
  auto wrong = Revocation::create(revocation, world.environment()).value();
  world.sent.clear();
  CHECK_FALSE(world.run_through(wrong).success);
  CHECK(world.sent.empty());
  revocation.credential = SignatureCredential{key, {issued.certificate, world.ca.certificate}};
  auto right = Revocation::create(revocation, world.environment()).value();
  CHECK(world.run_through(right).success);
  CHECK(world.status_of(issued.certificate) == IssuedCertificate::Status::revoked);
}

TEST_CASE("X-01 a serial number without its issuer is not enough to revoke through the RA") {
  RelayWorld world;
  const SignatureCredential device = world.vendor_credential("/CN=other vendor's device");
  const auto certificate = CertificateView::decode(device.chain.front()).value();
  const bool with_issuer = GENERATE(false, true);
  asn1::PKIBody body;
  auto& wanted = body.set<PKIBody::rr>().emplace_back().certDetails;
  wanted.serialNumber = certificate.serial();  // it may be that of a certificate of the CA as well
  if (with_issuer) wanted.issuer = certificate.issuer();
  asn1::PKIHeader header;
  header.pvno = asn1::Pvno::cmp2000;
  header.recipient = asn1::GeneralName::of(asn1::null_dn);
  const Octets id(16, 1), nonce(16, 2);
  header.transactionID = id;
  header.senderNonce = nonce;
  const auto protector = signature_protector(device).value();
  const Relayed relayed = world.relay->receive(encode_message(header, body, *protector, {}).value());
  CHECK(relayed.forwards.size() == (with_issuer ? 1 : 0));
  if (with_issuer) return;
  REQUIRE(relayed.reply);
  CHECK(relayed.reply->refusal->fail_info == asn1::PKIFailureInfo::notAuthorized);
}

TEST_CASE("A PKCS #10 request for a name that upstream maps goes on where its protection stays") {
  RelayWorld world;
  const Forwarding forwarding = GENERATE(Forwarding::unchanged, Forwarding::add, Forwarding::replace);
  RelayConfiguration configuration = world.relay_configuration(forwarding);
  configuration.permissions.front().subject = {SubjectRule::Kind::pattern, "/O=Operator/CN={CN}.ran"};
  world.use_relay(configuration);
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.type = PKIBody::p10cr;
  options.certification_request = make_csr(*options.new_key, options.subject);
  auto enrollment = Enrollment::create(options, world.environment()).value();
  const Relayed relayed = world.relay->receive(enrollment.start().send.value());
  CHECK(relayed.forwards.size() == (forwarding == Forwarding::replace ? 0 : 1));
}

}  // namespace
}  // namespace cmpkit::cmp::test
