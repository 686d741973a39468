// Nested messages from an RA: those that approve one message, and batches (RFC 9483 Section 5.2.2).
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmp/message/nested_message.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/audit.h"
#include "tests/cmp/support/caller.h"
#include "tests/support/nesting.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using namespace cmpkit::cmp::test;
using asn1::PKIBody;
using asn1::PKIFailureInfo;
using asn1::PKIMessage;
using asn1::PKIStatus;

namespace {

class Slow final : public DelayPolicy {
 public:
  std::optional<std::chrono::seconds> delay(PKIBody::Type, unsigned polls) override {
    return polls < polls_wanted ? std::optional(std::chrono::seconds{5}) : std::nullopt;
  }
  unsigned polls_wanted = 1;
};

/// A world with an RA that may do everything for others. Devices enrol only with its approval.
struct NestedWorld : World {
  explicit NestedWorld(std::set<PKIBody::Type> approves = {PKIBody::ir, PKIBody::cr, PKIBody::kur, PKIBody::genm}) {
    auto wanted = configuration();
    wanted.permissions = permissions();
    for (auto& permission : wanted.permissions) permission.approved = true;
    wanted.permissions.insert(wanted.permissions.begin(), ra_permission(std::move(approves)));
    wanted.delay = delay;
    use(std::move(wanted));
  }
  void change(const std::function<void(ResponderConfiguration&)>& edit) {
    auto wanted = configuration();
    wanted.permissions.insert(wanted.permissions.begin(), ra_permission({PKIBody::ir, PKIBody::cr}));
    edit(wanted);
    use(std::move(wanted));
  }
  SignatureCredential ra = ra_credential(*this);
  DelayPolicy* delay = nullptr;
};

PKIBody poll() {
  PKIBody body;
  body.set<PKIBody::pollReq>().push_back({0});
  return body;
}

PKIMessage decoded(const Octets& octets) { return decode_message(octets, {}).value(); }

/// The octets of an answer, and what they say.
struct Answer {
  explicit Answer(Octets der) : octets(std::move(der)), message(decoded(octets)) {}
  Octets octets;
  PKIMessage message;
};

std::vector<Answer> answers_to(World& world, const Octets& batch) {
  const Octets octets = world.responder->respond(batch).octets;
  const PKIMessage message = decoded(octets);
  REQUIRE(message.body.type() == PKIBody::nested);
  const PKIMessage asked = decoded(batch);
  CHECK(same_octets(*message.header.transactionID, *asked.header.transactionID));
  CHECK(same_octets(message.header.recipNonce.value(), *asked.header.senderNonce));
  CHECK(message.extraCerts);
  std::vector<Answer> out;
  for (Octets& each : messages_of(octets)) out.emplace_back(std::move(each));
  return out;
}

}  // namespace

TEST_CASE("A-21 A-22 what an RA approves is answered like what came alone, and only then granted") {
  NestedWorld world;
  const bool by_secret = GENERATE(true, false);
  const EnrollmentBody request(world, PKIBody::ir);
  Caller device(world, by_secret ? Credential(world.secret_credential()) : world.vendor_credential());
  const Octets alone = device.message(request.body);
  check_refused(decoded(world.responder->respond(alone).octets), PKIBody::error, PKIFailureInfo::notAuthorized, "V-37");

  const auto& answer = device.send_octets(approving(world, world.ra, alone));
  CHECK(answer.body.type() == PKIBody::ip);
  CHECK(status_in(answer).status == PKIStatus::accepted);
  CHECK(same_octets(answer.header.recipNonce.value(), *decoded(alone).header.senderNonce));
  CHECK(device.reply.requester == (by_secret ? "secret dev1" : "/CN=device"));
  CHECK(device.reply.request == "ir");
  const bool answered_by_mac = answer.header.protectionAlg->algorithm == asn1::id_PasswordBasedMac;
  CHECK(answered_by_mac == by_secret);

  asn1::Storage storage;
  const auto& confirmed = device.send(confirming(answer, storage));  // needs no approval
  CHECK(confirmed.body.type() == PKIBody::pkiconf);
}

TEST_CASE("A-21 the store keeps what was approved with the approval around it, and the log says whose") {
  NestedWorld world;
  const EnrollmentBody request(world, PKIBody::ir);
  Caller device(world, world.vendor_credential());
  const Octets nested = approving(world, world.ra, device.message(request.body));
  const auto& answer = device.send_octets(nested);
  const auto view = CertificateView::decode(certificate_in(answer)).value();
  CHECK(world.store->request(view.serial().octets).value() == nested);
  const auto log = world.store->audit(0, 100).value();
  const auto last = decode_audit_entry(log.back().entry).value();
  CHECK(last.reason == "approved by /CN=RA");
  CHECK(last.trail.find("A-21") != std::string::npos);
}

TEST_CASE("A-21 an approval counts from who may give it for this operation") {
  NestedWorld world({PKIBody::cr});
  const EnrollmentBody request(world, PKIBody::ir);
  Caller device(world, world.vendor_credential());
  const Octets message = device.message(request.body);
  check_refused(device.send_octets(approving(world, world.ra, message)), PKIBody::error, PKIFailureInfo::notAuthorized,
                "A-21");
  check_refused(device.send_octets(approving(world, world.vendor_credential("/CN=device"), message)), PKIBody::error,
                PKIFailureInfo::notAuthorized, "A-21");
  const EnrollmentBody further(world, PKIBody::cr);
  device.start_over();
  CHECK(status_in(device.send_octets(approving(world, world.ra, device.message(further.body)))).status ==
        PKIStatus::accepted);
}

TEST_CASE("A-23 A-20 an approval is signed, and has the nonce of what is approved") {
  NestedWorld world;
  const EnrollmentBody request(world, PKIBody::ir);
  Caller device(world, world.vendor_credential());
  const Octets message = device.message(request.body);
  check_refused(device.send_octets(approving(world, world.secret_credential(), message)), PKIBody::error,
                PKIFailureInfo::wrongIntegrity, "A-23");
  const Octets other(16, 7);
  check_refused(
      device.send_octets(approving(world, world.ra, message, [&](PKIMessage& m) { m.header.senderNonce = other; })),
      PKIBody::error, PKIFailureInfo::badSenderNonce, "A-20");
  Octets damaged = approving(world, world.ra, message);
  damaged[damaged.size() / 2] ^= 1;
  CHECK(decoded(world.responder->respond(damaged).octets).body.type() == PKIBody::error);
  const auto log = world.store->transactions_in(Transaction::State::awaiting_confirmation, 10).value();
  CHECK(log.empty());
}

TEST_CASE("V-02 V-10 the header of a nested message is checked like any") {
  NestedWorld world;
  const EnrollmentBody request(world, PKIBody::ir);
  Caller device(world, world.vendor_credential());
  const Octets message = device.message(request.body);
  const auto wrong = [&](const Edit& change) -> const PKIMessage& {
    return device.send_octets(batch_of(world, world.ra, {message}, change));
  };
  check_refused(wrong([](PKIMessage& m) { m.header.pvno = asn1::Pvno::cmp1999; }), PKIBody::error,
                PKIFailureInfo::unsupportedVersion, "V-02");
  check_refused(wrong([](PKIMessage& m) { m.header.senderNonce.reset(); }), PKIBody::error,
                PKIFailureInfo::badSenderNonce, "V-10");
  check_refused(wrong([&](PKIMessage& m) { m.header.messageTime->value -= std::chrono::hours{1}; }), PKIBody::error,
                PKIFailureInfo::badTime, "V-41");
  check_refused(wrong([&](PKIMessage& m) { m.header.transactionID = *decoded(message).header.transactionID; }),
                PKIBody::error, PKIFailureInfo::badSenderNonce, "A-20");
}

TEST_CASE("A-22 what is sent again in another approval gets the same answer again") {
  NestedWorld world;
  const EnrollmentBody request(world, PKIBody::ir);
  Caller device(world, world.vendor_credential());
  const Octets message = device.message(request.body);
  const Octets first = world.responder->respond(approving(world, world.ra, message)).octets;
  CHECK(world.responder->respond(approving(world, ra_credential(world, "/CN=RA 2"), message)).octets == first);
}

TEST_CASE("a poll for what was approved needs no approval, one that comes nested is fine") {
  NestedWorld world;
  Slow slow;
  auto configuration = world.configuration();
  for (auto& permission : configuration.permissions) permission.approved = true;
  configuration.permissions.push_back(ra_permission({PKIBody::ir}));
  configuration.delay = &slow;
  world.use(configuration);
  const bool nested_poll = GENERATE(true, false);
  const EnrollmentBody request(world, PKIBody::ir);
  Caller device(world, world.vendor_credential());
  const auto& waiting = device.send_octets(approving(world, world.ra, device.message(request.body)));
  CHECK(status_in(waiting).status == PKIStatus::waiting);
  const auto ask = [&]() -> const PKIMessage& {
    const Octets message = device.message(poll());
    return device.send_octets(nested_poll ? approving(world, world.ra, message) : message);
  };
  slow.polls_wanted = 2;
  CHECK(ask().body.type() == PKIBody::pollRep);

  SECTION("and is answered in the end") {
    slow.polls_wanted = 0;
    const auto& answer = ask();
    REQUIRE(answer.body.type() == PKIBody::ip);
    CHECK(status_in(answer).status == PKIStatus::accepted);
  }
  SECTION("but not when who approved it may do so no more") {
    configuration.permissions.pop_back();
    world.use(configuration);
    CHECK(ask().body.type() == PKIBody::error);
  }
}

TEST_CASE("A-34 a poll that is approved does not approve the request") {
  World world;
  Slow slow;
  auto configuration = world.configuration();
  configuration.permissions.insert(configuration.permissions.begin(), ra_permission({PKIBody::ir}));
  configuration.delay = &slow;
  world.use(configuration);
  const EnrollmentBody request(world, PKIBody::ir);
  Caller device(world, world.vendor_credential());
  CHECK(status_in(device.send(request.body)).status == PKIStatus::waiting);
  for (auto& permission : configuration.permissions) permission.approved = !permission.on_behalf;
  world.use(configuration);
  slow.polls_wanted = 0;
  const SignatureCredential ra = ra_credential(world);
  check_refused(device.send_octets(approving(world, ra, device.message(poll()))), PKIBody::error,
                PKIFailureInfo::notAuthorized, "V-37");
}

TEST_CASE("A-32 a batch is answered by the answers to all that is in it, in their order, each on its own") {
  NestedWorld world;
  world.change([](auto&) {});
  const EnrollmentBody first(world, PKIBody::ir, "/CN=a"), second(world, PKIBody::ir, "/CN=b");
  Caller a(world, world.vendor_credential("/CN=a")), b(world, world.secret_credential());
  Caller unknown(world, SecretCredential{octets("nobody"), octets("x"), {MacMethod::Kind::pbm, 500}});
  PKIBody announcement;
  announcement.set<PKIBody::crlann>();
  Caller announcer(world, world.vendor_credential("/CN=c"));
  const std::vector<Octets> messages = {a.message(first.body), unknown.message(first.body), octets("no message"),
                                        b.message(second.body), announcer.message(announcement)};
  std::vector<Octets> sent = messages;
  sent[2] = {0x30, 0x00};
  const auto answers = answers_to(world, batch_of(world, world.ra, sent));
  REQUIRE(answers.size() == 5);
  CHECK(status_in(answers[0].message).status == PKIStatus::accepted);
  CHECK(answers[1].message.body.type() == PKIBody::error);
  check_refused(answers[2].message, PKIBody::error, PKIFailureInfo::badDataFormat, "V-01");
  CHECK(status_in(answers[3].message).status == PKIStatus::accepted);
  CHECK(answers[3].message.header.protectionAlg->algorithm == asn1::id_PasswordBasedMac);
  check_refused(answers[4].message, PKIBody::error, PKIFailureInfo::badRequest, "V-04");
  for (const std::size_t i : {0U, 1U, 3U, 4U})
    CHECK(same_octets(*answers[i].message.header.transactionID, *decoded(messages[i]).header.transactionID));

  SECTION("sent again it gets the same answers, in another batch") {
    const auto again = answers_to(world, batch_of(world, world.ra, sent));
    REQUIRE(again.size() == 5);
    CHECK(again[0].octets == answers[0].octets);
    CHECK(again[3].octets == answers[3].octets);
  }
  SECTION("what is in it twice is answered as if it came twice") {
    const auto twice = answers_to(world, batch_of(world, world.ra, {messages[0], messages[0]}));
    REQUIRE(twice.size() == 2);
    CHECK(twice[0].octets == answers[0].octets);
    CHECK(twice[1].octets == answers[0].octets);
  }
}

TEST_CASE("A-34 a batch approves nothing that is in it") {
  NestedWorld world;
  const EnrollmentBody request(world, PKIBody::ir);
  Caller device(world, world.vendor_credential());
  const Octets message = device.message(request.body);
  const auto answers = answers_to(world, batch_of(world, world.ra, {message}));
  REQUIRE(answers.size() == 1);
  check_refused(answers[0].message, PKIBody::error, PKIFailureInfo::notAuthorized, "V-37");

  const auto approved = answers_to(world, batch_of(world, world.ra, {approving(world, world.ra, message)}));
  REQUIRE(approved.size() == 1);
  CHECK(status_in(approved[0].message).status == PKIStatus::accepted);
}

TEST_CASE("V-37 E-20 a batch of who may not send for others is refused, and nothing in it is answered") {
  NestedWorld world;
  world.change([](auto&) {});
  const EnrollmentBody request(world, PKIBody::ir);
  Caller device(world, world.vendor_credential());
  const Octets message = device.message(request.body);
  const Octets batch = batch_of(world, world.vendor_credential("/CN=another"), {message});
  const auto& answer = device.send_octets(batch);
  check_refused(answer, PKIBody::error, PKIFailureInfo::notAuthorized, "V-37");
  CHECK(same_octets(*answer.header.transactionID, *decoded(batch).header.transactionID));
  CHECK(world.store->transactions(*decoded(message).header.transactionID).value().empty());
}

TEST_CASE("A-36 A-37 depth and number of what is nested are limited") {
  NestedWorld world;
  const EnrollmentBody request(world, PKIBody::ir);
  Caller device(world, world.vendor_credential());
  const Octets message = device.message(request.body);
  const Octets once = approving(world, world.ra, message), twice = approving(world, world.ra, once);

  SECTION("two RAs may approve") { CHECK(status_in(device.send_octets(twice)).status == PKIStatus::accepted); }
  SECTION("three are too deep") {
    check_refused(device.send_octets(approving(world, world.ra, twice)), PKIBody::error, PKIFailureInfo::badRequest,
                  "A-36");
  }
  SECTION("a member of a batch that is too deep is refused, the others are not") {
    const auto answers = answers_to(world, batch_of(world, world.ra, {twice, once}));
    REQUIRE(answers.size() == 2);
    check_refused(answers[0].message, PKIBody::error, PKIFailureInfo::badRequest, "A-36");
    CHECK(status_in(answers[1].message).status == PKIStatus::accepted);
  }
  SECTION("a batch of batches") {
    const auto answers = answers_to(world, batch_of(world, world.ra, {batch_of(world, world.ra, {message, message})}));
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].message.body.type() == PKIBody::nested);
    CHECK(messages_of(answers[0].octets).size() == 2);
  }
  SECTION("a batch is not approved as a whole") {
    check_refused(device.send_octets(approving(world, world.ra, batch_of(world, world.ra, {message}))), PKIBody::error,
                  PKIFailureInfo::badRequest, "A-34");
  }
  SECTION("none are taken") {
    world.change([](auto& configuration) { configuration.max_nesting = 0; });
    check_refused(device.send_octets(once), PKIBody::error, PKIFailureInfo::badRequest, "V-04");
  }
  SECTION("more than may be") {
    world.change([](auto& configuration) { configuration.max_batch = 2; });
    CHECK(answers_to(world, batch_of(world, world.ra, {message, message})).size() == 2);
    check_refused(device.send_octets(batch_of(world, world.ra, {message, message, message})), PKIBody::error,
                  PKIFailureInfo::badRequest, "A-37");
  }
  SECTION("none at all") {
    check_refused(device.send_octets(batch_of(world, world.ra, {})), PKIBody::error, PKIFailureInfo::badDataFormat,
                  "V-01");
  }
}

TEST_CASE("A-30 a batch with the transactionID of a member is refused") {
  NestedWorld world;
  const EnrollmentBody request(world, PKIBody::ir);
  Caller a(world, world.vendor_credential("/CN=a")), b(world, world.vendor_credential("/CN=b"));
  const Octets first = a.message(request.body), second = b.message(request.body);
  const auto takes_id = [&](PKIMessage& m) { m.header.transactionID = *decoded(first).header.transactionID; };
  check_refused(a.send_octets(batch_of(world, world.ra, {second, first}, takes_id)), PKIBody::error,
                PKIFailureInfo::badRequest, "A-30");
}

TEST_CASE("who acts for others has no quota of its own") {
  World world;
  auto configuration = world.configuration();
  configuration.quota.per_sender = 1;
  configuration.permissions.insert(configuration.permissions.begin(), ra_permission({PKIBody::ir}));
  world.use(std::move(configuration));
  const EnrollmentBody request(world, PKIBody::ir);
  Caller ra(world, ra_credential(world)), device(world, world.vendor_credential());
  for (int i = 0; i < 3; ++i) {
    ra.start_over();
    CHECK(status_in(ra.send(request.body)).status == PKIStatus::accepted);
  }
  CHECK(status_in(device.send(request.body)).status == PKIStatus::accepted);
  device.start_over();
  CHECK(device.send(request.body).body.type() == PKIBody::error);
}

TEST_CASE("a big batch needs no more room than its messages do one by one") {
  World world("ed25519");
  auto configuration = world.configuration();
  configuration.permissions.insert(configuration.permissions.begin(), ra_permission({PKIBody::genm}));
  configuration.limits.elements = 60;
  world.use(std::move(configuration));
  PKIBody question;
  question.set<PKIBody::genm>().push_back({asn1::id_it_caCerts, {}});
  std::vector<Octets> messages;
  for (int i = 0; i < 50; ++i) messages.push_back(Caller(world, world.secret_credential()).message(question));
  const Octets answer = world.responder->respond(batch_of(world, ra_credential(world), messages)).octets;
  CHECK(messages_of(answer).size() == 50);
}
