// What a client does not take from a server: a right answer plus a named change, protected again by the server's own
// key, and the rule that must be named.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "cmpkit/asn1/oids.h"
#include "tests/support/crafted.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using namespace cmpkit::cmp::test;
using asn1::PKIBody;
using asn1::PKIFailureInfo;
using asn1::PKIMessage;
using asn1::PKIStatus;

namespace {

constexpr std::uint8_t short_octets[8] = {1, 2, 3, 4, 5, 6, 7, 8};
constexpr std::uint8_t other_octets[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

asn1::CertResponse& response_of(PKIMessage& m) { return std::get<PKIBody::ip>(m.body.value).response.front(); }

/// A client that has sent its ir, and the server's answer.
struct Exchange {
  explicit Exchange(World& w, bool implicit = false) : world(w) {
    EnrollmentOptions options = world.options(world.vendor_credential());
    options.implicit_confirm = implicit;
    client.emplace(Enrollment::create(std::move(options), world.environment()).value());
    answer = world.responder->respond(*client->start().send).octets;
  }
  [[nodiscard]] Octets server_says(const Edit& edit) const { return says(answer, edit); }
  [[nodiscard]] Octets says(Bytes message, const Edit& edit) const {
    return changed(message, SignatureCredential(world.configuration().protection), world, edit);
  }
  World& world;
  std::optional<Enrollment> client;
  Octets answer;
};

void check_ended(const Output& output, std::string_view rule) {
  REQUIRE(output.done);
  CHECK_FALSE(output.done->success);
  REQUIRE(output.done->refusal);
  CAPTURE(output.done->text);
  CHECK(output.done->refusal->rule->id == rule);
}

struct Row {
  std::string_view rule;
  Edit edit;
};

}  // namespace

TEST_CASE("a wrong response ends the operation without another message") {
  World world;
  Exchange exchange(world);
  const Row row = GENERATE(values<Row>({
      {"V-02", [](PKIMessage& m) { m.header.pvno = asn1::Pvno{1}; }},
      {"V-03", [](PKIMessage& m) { m.header.transactionID.reset(); }},
      {"V-10", [](PKIMessage& m) { m.header.senderNonce = Bytes(short_octets); }},
      {"H-61", [](PKIMessage& m) { m.header.transactionID = Bytes(other_octets); }},
      {"V-20", [](PKIMessage& m) { m.header.recipNonce = Bytes(other_octets); }},
      {"V-20", [](PKIMessage& m) { m.header.recipNonce.reset(); }},
      {"H-30", [](PKIMessage& m) { m.header.messageTime.reset(); }},
      {"H-82", [](PKIMessage& m) { m.body.set<PKIBody::pkiconf>(); }},
      {"V-51", [](PKIMessage& m) { m.body.set<PKIBody::kup>() = asn1::CertRepMessage(*m.body.get<PKIBody::ip>()); }},
      {"V-51", [](PKIMessage& m) { m.body.set<PKIBody::pkiconf>(), m.header.generalInfo.reset(); }},
      {"R-11", [](PKIMessage& m) { std::get<PKIBody::ip>(m.body.value).response.clear(); }},
      {"R-11", [](PKIMessage& m) { response_of(m).certReqId = 7; }},
      {"R-11", [](PKIMessage& m) { response_of(m).certifiedKeyPair.reset(); }},
      {"R-11", [](PKIMessage& m) { response_of(m).status.status = PKIStatus::rejection; }},
      {"R-12", [](PKIMessage& m) { response_of(m).certifiedKeyPair->privateKey.emplace(); }},
      {"R-11", [](PKIMessage& m) { response_of(m).certifiedKeyPair->certOrEncCert.value.emplace<1>(); }},
  }));
  check_ended(exchange.client->receive(exchange.server_says(row.edit)), row.rule);
}

TEST_CASE("a response whose protection is wrong ends the operation") {
  World world;
  Exchange exchange(world);
  const Row row = GENERATE(values<Row>({
      {"V-30", [](PKIMessage& m) { m.protection.reset(), m.header.protectionAlg.reset(); }},
      {"V-34", [](PKIMessage& m) { m.header.messageTime.reset(); }},
      {"V-33", [](PKIMessage& m) { m.header.protectionAlg = asn1::AlgorithmIdentifier{asn1::id_sha256, {}}; }},
      {"V-31",
       [](PKIMessage& m) { m.header.protectionAlg = asn1::AlgorithmIdentifier{asn1::id_PasswordBasedMac, {}}; }},
      {"P-06", [](PKIMessage& m) { m.extraCerts.reset(); }},
  }));
  check_ended(exchange.client->receive(changed_without_protection(exchange.answer, row.edit)), row.rule);
}

TEST_CASE("V-35 a server that another PKI certified is not believed") {
  World world, stranger;
  Exchange exchange(world);
  const Octets forged =
      changed(exchange.answer, SignatureCredential(stranger.configuration().protection), world, [](PKIMessage&) {});
  check_ended(exchange.client->receive(forged), "V-35");
}

TEST_CASE("V-01 an answer that is no PKIMessage ends the operation with its path and offset") {
  World world;
  Exchange exchange(world);
  Octets cut = exchange.answer;
  cut.resize(cut.size() / 2);
  const Output output = exchange.client->receive(cut);
  check_ended(output, "V-01");
  CHECK(output.done->text.find("at offset") != std::string::npos);
}

TEST_CASE("R-16 a certificate for another key is rejected, with certConf unless it is confirmed implicitly") {
  World world;
  const bool implicit = GENERATE(true, false);
  Exchange exchange(world, implicit), other(world, implicit);
  const auto theirs = asn1::decode<PKIMessage>(other.answer).value();
  const Bytes certificate =
      std::get<0>(theirs.body.get<PKIBody::ip>()->response[0].certifiedKeyPair->certOrEncCert.value).tlv;
  const Output output = exchange.client->receive(exchange.server_says(
      [&](PKIMessage& m) { response_of(m).certifiedKeyPair->certOrEncCert.value.emplace<0>().tlv = certificate; }));
  if (implicit) return check_ended(output, "R-16");
  REQUIRE(output.send);
  const auto confirmation = asn1::decode<PKIMessage>(*output.send);
  REQUIRE(confirmation);
  const auto& status = confirmation->body.get<PKIBody::certConf>()->front();
  CHECK(status.statusInfo->status == PKIStatus::rejection);
  CHECK(status.statusInfo->failInfo->has(PKIFailureInfo::incorrectData));
}

TEST_CASE("H-81 implicit confirmation counts only where the client asked for it") {
  World world;
  Exchange exchange(world, false);
  const Octets null = asn1::encode(asn1::Null{});
  const Output output = exchange.client->receive(exchange.server_says(
      [&](PKIMessage& m) { m.header.generalInfo->front() = {asn1::id_it_implicitConfirm, asn1::Any{null}}; }));
  REQUIRE(output.send);
  CHECK(asn1::decode<PKIMessage>(*output.send)->body.type() == PKIBody::certConf);
}

TEST_CASE("E-15 an error that nobody protected is reported and not believed, unless the caller wants so") {
  World world;
  const bool accept = GENERATE(false, true);
  EnrollmentOptions options = world.options(world.secret_credential());
  if (accept) options.tolerance = {Deviation::unprotected_errors, Deviation::error_transaction};
  auto client = Enrollment::create(std::move(options), world.environment()).value();
  static_cast<void>(client.start());
  PKIMessage error;
  error.header.pvno = asn1::Pvno::cmp2000;
  error.header.sender = error.header.recipient = asn1::GeneralName::of(asn1::null_dn);
  auto& info = error.body.set<PKIBody::error>().pKIStatusInfo;
  info.status = PKIStatus::rejection;
  info.failInfo.emplace().set(PKIFailureInfo::badRequest);
  info.statusString.emplace().push_back({"go away"});
  const Output output = client.receive(asn1::encode(error));
  REQUIRE(output.done);
  CHECK_FALSE(output.done->success);
  CHECK_FALSE(output.done->authenticated);
  CHECK(output.done->server_text == "go away");
  CHECK(output.done->fail_info == PKIFailureInfo::badRequest);
  CHECK(output.done->refusal.has_value() == !accept);
}

TEST_CASE("DL-04 a server that lets the client wait is polled until it answers") {
  World world;
  Exchange exchange(world, true);
  const Output waiting = exchange.client->receive(exchange.server_says([](PKIMessage& m) {
    response_of(m).status.status = PKIStatus::waiting;
    response_of(m).certifiedKeyPair.reset();
  }));
  REQUIRE(waiting.wake_at);
  CHECK(*waiting.wake_at > world.clock.now());
  world.clock.advance(*waiting.wake_at - world.clock.now());
  const Output poll = exchange.client->wake();
  REQUIRE(poll.send);
  const auto request = asn1::decode<PKIMessage>(*poll.send).value();
  REQUIRE(request.body.type() == PKIBody::pollReq);
  CHECK(request.body.get<PKIBody::pollReq>()->front().certReqId == 0);

  const auto answers_the_poll = [&](PKIMessage& m) { m.header.recipNonce = *request.header.senderNonce; };
  const std::int64_t check_after = GENERATE(60, -1, 864000);
  const Output again = exchange.client->receive(exchange.server_says([&](PKIMessage& m) {
    answers_the_poll(m);
    m.header.generalInfo.reset();
    m.body.set<PKIBody::pollRep>().push_back({0, check_after, {}});
  }));
  if (check_after == -1) return check_ended(again, "DL-04");
  if (check_after == 864000) return check_ended(again, "DL-05");  // longer than a day
  REQUIRE(again.wake_at);
  CHECK(*again.wake_at == world.clock.now() + std::chrono::seconds{60});
  CHECK(exchange.client->wake().wake_at == again.wake_at);  // too early
  world.clock.advance(std::chrono::seconds{60});
  const Output second_poll = exchange.client->wake();
  REQUIRE(second_poll.send);
  // V-21, H-73: the final answer may name the nonce of the original request
  const Output done = exchange.client->receive(exchange.answer);
  REQUIRE(done.done);
  CHECK(done.done->success);
}
