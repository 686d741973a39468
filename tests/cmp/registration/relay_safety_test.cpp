// What clients, upstreams and subordinate RAs could gain from an RA that looks away.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmp/message/fields.h"
#include "cmp/message/nested_message.h"
#include "cmpkit/asn1/oids.h"
#include "tests/cmp/registration/relay_world.h"
#include "tests/cmp/support/caller.h"
#include "tests/support/failing_store.h"
#include "tests/support/nesting.h"

namespace cmpkit::cmp::test {
namespace {

using asn1::PKIBody;
using asn1::PKIFailureInfo;
using asn1::PKIMessage;

PKIMessage decoded(Bytes message) { return decode_message(message, {}).value(); }

Octets request(RelayWorld& world, const EnrollmentOptions& options) {
  return *Enrollment::create(options, world.environment()).value().start().send;
}

PKIFailureInfo::Bit refusal_of(const Relayed& relayed) {
  CHECK(relayed.forwards.empty());
  REQUIRE(relayed.reply);
  REQUIRE(relayed.reply->refusal);
  return relayed.reply->refusal->fail_info.value();
}

TEST_CASE("V-37 a secret is used no more often than it may be, and a refusal of upstream gives the use back") {
  RelayWorld world;
  StoredSecret secret;
  secret.reference = "dev1";
  secret.secret = octets("secret-123456");
  secret.max_uses = 1;
  Change change;
  change.secret = secret;
  REQUIRE(world.ra_store->commit(change) == Commit::done);
  const EnrollmentOptions options = world.options(world.secret_credential());
  const Relayed first = world.relay->receive(request(world, options));
  REQUIRE(first.forwards.size() == 1);
  CHECK(refusal_of(world.relay->receive(request(world, options))) == PKIFailureInfo::notAuthorized);

  ResponderConfiguration for_ca = world.configuration();
  for_ca.permissions = {ra_permission({PKIBody::genm})};
  world.use(for_ca);
  CHECK(world.exchange(first.forwards.front()).reply);
  CHECK(world.ra_store->secret("dev1").value()->uses == 0);
  CHECK(world.relay->receive(request(world, options)).forwards.size() == 1);
}

TEST_CASE("P-12 where upstream's name is known, others below the same anchor are not believed") {
  RelayWorld world;
  RelayConfiguration configuration = world.relay_configuration();
  const bool known = GENERATE(false, true);
  const auto signer = CertificateView::decode(world.cmp_signer.certificate).value();
  configuration.upstreams.front().sender = known ? copy_of(signer.subject().tlv) : name("/O=Operator/CN=another");
  world.use_relay(configuration);
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.retry.later = 0;
  const Outcome outcome = world.enroll(options);
  CHECK(outcome.success == known);
  if (!known) CHECK(outcome.fail_info == PKIFailureInfo::systemFailure);
}

TEST_CASE("P-02 who has a secret of the RA's clients is not upstream to another one") {
  RelayWorld world;
  world.secrets.secrets[octets("dev2")] = octets("another-secret");
  world.use_relay(world.relay_configuration(Forwarding::unchanged));
  const Forward forward =
      world.relay->receive(request(world, world.options(world.secret_credential()))).forwards.front();
  const Octets good = world.responder->respond(forward.message).octets;
  const Octets forged =
      changed(good, SecretCredential{octets("dev2"), octets("another-secret"), {}}, world, [](PKIMessage&) {});
  CHECK(world.relay->resume(forward.ticket, forged).refusal);
  CHECK_FALSE(world.relay->resume(forward.ticket, good).refusal);
}

TEST_CASE("A-47 an approval counts as long as who gave it may give it") {
  RelayWorld world;
  class Undecided final : public Policy {
   public:
    PolicyDecision decide(const PolicyQuestion&, Time) override {
      if (decided) return PolicyGrant{};
      return Waiting{std::chrono::seconds{5}, "somebody decides"};
    }
    std::vector<StoredDevice> learn(const PolicyOutcome&, Time) override { return {}; }
    bool decided = false;
  } policy;
  RelayConfiguration configuration = world.relay_configuration();
  for (Permission& each : configuration.permissions) each.approved = true;
  const auto without = configuration.permissions;
  configuration.permissions.insert(configuration.permissions.begin(), ra_permission({PKIBody::ir}));
  configuration.policy = &policy;
  world.use_relay(configuration);
  auto device = Enrollment::create(world.options(world.vendor_credential()), world.environment()).value();
  const Octets approved = approving(world, ra_credential(world), *device.start().send);
  REQUIRE(device.receive(world.relay->receive(approved).reply->octets).wake_at);
  policy.decided = true;
  const bool still = GENERATE(false, true);
  if (!still) {
    configuration.permissions = without;
    world.use_relay(configuration);
  }
  world.clock.advance(std::chrono::seconds{5});
  CHECK(world.relay->receive(*device.wake().send).forwards.size() == (still ? 1 : 0));
}

TEST_CASE("A-30 a batch is no longer than its answer may be") {
  RelayWorld world;
  RelayConfiguration configuration = world.relay_configuration();
  configuration.upstreams.front().online = false;
  configuration.upstreams.front().batch = 100;
  configuration.limits.octets = 10'000;
  world.use_relay(configuration);
  for (int i = 0; i < 6; ++i) {
    EnrollmentOptions options = world.options(world.vendor_credential("/CN=device " + std::to_string(i)));
    CHECK(world.relay->receive(request(world, options)).reply);
  }
  const std::vector<Forward> batches = world.relay->collect();
  CHECK(batches.size() > 1);
  for (const Forward& batch : batches) {
    CHECK_FALSE(batch.ticket.empty());
    CHECK_FALSE(world.exchange(batch).refusal);
  }
}

TEST_CASE("an answer that could not be stored is to be brought again, and is taken then") {
  RelayWorld world;
  auto failing = std::make_unique<cmpkit::test::FailingStore>(memory_store());
  auto& store = *failing;
  world.ra_store = std::move(failing);
  RelayConfiguration configuration = world.relay_configuration();
  configuration.upstreams.front().online = false;
  configuration.upstreams.front().batch = GENERATE(0U, 10U);
  world.use_relay(configuration);
  auto device = Enrollment::create(world.options(world.vendor_credential()), world.environment()).value();
  Relayed relayed = world.relay->receive(*device.start().send);
  REQUIRE(device.receive(relayed.reply->octets).wake_at);
  if (relayed.forwards.empty()) relayed.forwards = world.relay->collect();
  REQUIRE(relayed.forwards.size() == 1);
  const Forward& forward = relayed.forwards.front();
  const Octets answer = world.responder->respond(forward.message).octets;
  store.before_commit = [] { return std::optional(StoreError{"the disk is full"}); };
  const Relayed lost = world.relay->resume(forward.ticket, answer);
  REQUIRE(lost.refusal);
  CHECK(lost.refusal->field == "store");
  store.before_commit = nullptr;
  CHECK_FALSE(world.relay->resume(forward.ticket, answer).refusal);
  world.clock.advance(std::chrono::seconds{60});
  CHECK(device.receive(world.relay->receive(*device.wake().send).reply->octets).done->success);
}

TEST_CASE("A-32 one message in two batches is answered in both, each in its own exchange") {
  RelayWorld world;
  RelayConfiguration configuration = world.relay_configuration();
  configuration.permissions.insert(configuration.permissions.begin(), ra_permission({PKIBody::ir}));
  world.use_relay(configuration);
  const Octets message = request(world, world.options(world.vendor_credential()));
  const SignatureCredential below = ra_credential(world);
  std::vector<Octets> batches;
  std::vector<Forward> forwards;
  for (int i = 0; i < 2; ++i) {
    batches.push_back(batch_of(world, below, {message}));
    forwards.push_back(world.relay->receive(batches.back()).forwards.front());
  }
  const Forward alone = world.relay->receive(message).forwards.front();  // from the device itself
  const Octets answer = world.responder->respond(alone.message).octets;
  CHECK(decoded(world.relay->resume(alone.ticket, answer).reply->octets).body.type() == PKIBody::ip);
  for (const std::size_t i : {1U, 0U}) {
    const Relayed answered = world.relay->resume(forwards[i].ticket, answer);
    REQUIRE(answered.reply);
    const PKIMessage nested = decoded(answered.reply->octets);
    CHECK(same_octets(*nested.header.transactionID, *decoded(batches[i]).header.transactionID));
    CHECK(messages_of(answered.reply->octets).size() == 1);
  }
}

TEST_CASE("A-33 in a batch the answer is the one that names the message's nonce, whoever has the same transactionID") {
  RelayWorld world;
  RelayConfiguration configuration = world.relay_configuration(Forwarding::unchanged);
  configuration.upstreams.front().online = false;
  configuration.upstreams.front().batch = 10;
  world.use_relay(configuration);
  auto device = Enrollment::create(world.options(world.vendor_credential()), world.environment()).value();
  const Octets message = *device.start().send;
  const SignatureCredential other = world.vendor_credential("/CN=other");
  const Octets intruding = changed(request(world, world.options(other)), other, world, [&](PKIMessage& m) {
    m.header.transactionID = decoded(message).header.transactionID;
  });
  const bool is_first = GENERATE(false, true);
  if (!is_first) (void)world.relay->receive(intruding);
  REQUIRE(device.receive(world.relay->receive(message).reply->octets).wake_at);
  if (is_first) (void)world.relay->receive(intruding);
  const std::vector<Forward> sent = world.relay->collect();
  REQUIRE(sent.size() == 1);
  CHECK_FALSE(world.exchange(sent.front()).refusal);
  world.clock.advance(std::chrono::seconds{60});
  const Output output = device.receive(world.relay->receive(*device.wake().send).reply->octets);
  REQUIRE(output.done);
  INFO(output.done->text);
  CHECK(output.done->success);
}

TEST_CASE("V-50 under the RA's protection a transactionID is upstream that of one client") {
  RelayWorld world;
  auto device = Enrollment::create(world.options(world.vendor_credential()), world.environment()).value();
  const Octets message = *device.start().send;
  const SignatureCredential other = world.vendor_credential("/CN=other");
  const Octets intruding = changed(request(world, world.options(other)), other, world, [&](PKIMessage& m) {
    m.header.transactionID = decoded(message).header.transactionID;
  });
  CHECK(world.relay->receive(intruding).forwards.size() == 1);
  const Relayed refused = world.relay->receive(message);
  CHECK(refusal_of(refused) == PKIFailureInfo::transactionIdInUse);
  const Output again = device.receive(refused.reply->octets);  // E-14
  REQUIRE(again.send);
  CHECK(device.receive(world.through(*again.send).octets).done->success);
}

TEST_CASE("A-45 another request in regInfo is not passed on under the RA's name") {
  RelayWorld world;
  world.use_relay(world.relay_configuration(GENERATE(Forwarding::replace, Forwarding::add, Forwarding::unchanged)));
  const SignatureCredential device = world.vendor_credential();
  const Octets good = request(world, world.options(device));
  Octets other;
  const Octets message = changed(good, device, world, [&](PKIMessage& m) {
    asn1::CertReqMsg& asked = std::get<PKIBody::ir>(m.body.value).front();
    other = asn1::encode(asked.certReq);
    asked.regInfo.emplace().push_back({asn1::id_regInfo_certReq, asn1::Any{other}});
  });
  const Relayed relayed = world.relay->receive(message);
  CHECK(refusal_of(relayed) == PKIFailureInfo::badCertTemplate);
  CHECK(relayed.reply->refusal->rule->id == "A-45");
}

TEST_CASE("A-42 origPKIMessage that a device made does not go on under the RA's name") {
  RelayWorld world;
  const SignatureCredential device = world.vendor_credential();
  const Octets good = request(world, world.options(device));
  Octets value;
  const Octets message = changed(good, device, world, [&](PKIMessage& m) {
    value = asn1::encode(asn1::OrigPKIMessageValue{decoded(good)});
    auto& items = m.header.generalInfo ? *m.header.generalInfo : m.header.generalInfo.emplace();
    items.push_back({asn1::id_it_origPKIMessage, asn1::Any{value}});
  });
  const Relayed relayed = world.relay->receive(message);
  REQUIRE(relayed.forwards.size() == 1);
  const PKIMessage sent = decoded(relayed.forwards.front().message);
  CHECK(find_info(sent.header, asn1::id_it_origPKIMessage) == nullptr);
}

TEST_CASE("V-37 where a message stays as it is the CA reads the profile that the RA has judged") {
  RelayWorld world;
  RelayConfiguration configuration = world.relay_configuration(GENERATE(Forwarding::add, Forwarding::unchanged));
  configuration.routes.front().profile = "iot";
  world.use_relay(configuration);
  EnrollmentOptions options = world.options(world.vendor_credential());
  const Relayed none = world.relay->receive(request(world, options));
  REQUIRE(none.forwards.size() == 1);
  CHECK(none.forwards.front().profile == "iot");
  options.profile = "another";
  CHECK(refusal_of(world.relay->receive(request(world, options))) == PKIFailureInfo::notAuthorized);
}

TEST_CASE("H-73 a client that has polled while somebody decided gets the nonce that it wants") {
  RelayWorld world;
  RelayConfiguration configuration = world.relay_configuration();
  configuration.answer_last_poll = GENERATE(false, true);
  class Slow final : public Policy {
   public:
    PolicyDecision decide(const PolicyQuestion&, Time) override {
      if (asked++ > 0) return PolicyGrant{};
      return Waiting{std::chrono::seconds{5}, "somebody decides"};
    }
    std::vector<StoredDevice> learn(const PolicyOutcome&, Time) override { return {}; }
    int asked = 0;
  } policy;
  configuration.policy = &policy;
  world.use_relay(configuration);
  auto device = Enrollment::create(world.options(world.vendor_credential()), world.environment()).value();
  const Octets asked = *device.start().send;
  REQUIRE(device.receive(world.through(asked).octets).wake_at);
  world.clock.advance(std::chrono::seconds{5});
  const Octets poll = *device.wake().send;
  const Octets answer = world.through(poll).octets;
  const Octets& named = configuration.answer_last_poll ? poll : asked;
  CHECK(same_octets(*decoded(answer).header.recipNonce, *decoded(named).header.senderNonce));
  CHECK(device.receive(answer).done);
}

TEST_CASE("E-01 an error of a client is taken here, and none goes upstream") {
  RelayWorld world;
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.implicit_confirm = false;
  const Credential credential = options.credential;
  auto device = Enrollment::create(options, world.environment()).value();
  const Output confirming = device.receive(world.through(*device.start().send).octets);
  const Octets error = changed(*confirming.send, credential, world, [](PKIMessage& m) {
    m.body = {};
    m.body.set<PKIBody::error>().pKIStatusInfo.status = asn1::PKIStatus::rejection;
  });
  const Relayed relayed = world.relay->receive(error);
  CHECK(relayed.forwards.empty());
  REQUIRE(relayed.reply);
  CHECK(decoded(relayed.reply->octets).body.type() == PKIBody::pkiconf);
  CHECK(world.relay->receive(*confirming.send).forwards.empty());  // that was its last word
}

}  // namespace
}  // namespace cmpkit::cmp::test
