// An RA before a CA that is down, slow, wrong, or not who it should be.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>

#include "tests/registration/wire.h"

namespace cmpkit::cmp::test {
namespace {

using asn1::PKIBody;
using asn1::PKIFailureInfo;
using asn1::PKIMessage;

/// What becomes of the CA's answer on its way to the RA.
struct Fault {
  std::string what;
  std::function<tl::expected<Octets, std::string>(Chain& chain, const Octets& answer)> apply;
};

Credential of_ca(const Chain& chain) { return chain.world.configuration().protection; }

Fault signed_again(std::string what, Edit edit) {
  return {std::move(what),
          [edit](Chain& chain, const Octets& answer) { return changed(answer, of_ca(chain), chain.world, edit); }};
}

const Octets& other_octets() {
  static const Octets out(16, 0x42);
  return out;
}

std::vector<Fault> faults() {
  return {
      {"nothing comes", [](Chain&, const Octets&) { return tl::unexpected<std::string>("timeout"); }},
      {"an empty answer", [](Chain&, const Octets&) { return Octets{}; }},
      {"garbage", [](Chain&, const Octets&) { return octets("<html>"); }},
      {"half an answer", [](Chain&, const Octets& answer) { return Octets(answer.begin(), answer.begin() + 100); }},
      {"no protection",
       [](Chain&, const Octets& answer) {
         return changed_without_protection(answer, [](PKIMessage& message) {
           message.protection.reset();
           message.header.protectionAlg.reset();
         });
       }},
      {"a wrong signature",
       [](Chain&, const Octets& answer) {
         return changed_without_protection(answer,
                                           [](PKIMessage& message) { message.header.senderNonce = other_octets(); });
       }},
      {"signed by somebody of another PKI",
       [](Chain& chain, const Octets& answer) {
         return changed(answer, chain.world.vendor_credential("/CN=stranger"), chain.world, [](PKIMessage&) {});
       }},
      signed_again("for another transaction",
                   [](PKIMessage& message) { message.header.transactionID = other_octets(); }),
      signed_again("for another senderNonce", [](PKIMessage& message) { message.header.recipNonce = other_octets(); }),
      signed_again("without recipNonce", [](PKIMessage& message) { message.header.recipNonce.reset(); }),
      signed_again("another body", [](PKIMessage& message) { message.body.set<PKIBody::genp>(); }),
      signed_again("a request", [](PKIMessage& message) { message.body.set<PKIBody::pollReq>().push_back({0}); }),
  };
}

/// Whether what the device was told of the trouble upstream is right: an error in kind that lets it come back.
void check_told(const HttpEntity::Exchange& told) {
  check_answer(told.request, told.answer);
  const auto answer = asn1::decode<PKIMessage>(told.answer).value();
  REQUIRE(answer.body.type() == PKIBody::error);
  const auto& status = answer.body.get<PKIBody::error>()->pKIStatusInfo;
  CHECK(status.status == asn1::PKIStatus::rejection);
  REQUIRE(status.failInfo);
  CHECK((status.failInfo->has(PKIFailureInfo::systemUnavail) || status.failInfo->has(PKIFailureInfo::systemFailure)));
}

/// Enrols a device while the CA's answers go wrong twice.
void check_recovery(Chain& chain, Downward downward, const Fault& fault) {
  CAPTURE(fault.what);
  unsigned faults_left = 2;
  chain.on_the_way = [&](const Octets& answer) -> tl::expected<Octets, std::string> {
    return faults_left > 0 ? --faults_left, fault.apply(chain, answer) : answer;
  };
  EnrollmentOptions options = chain.world.options(chain.credential(downward));
  options.implicit_confirm = false;
  auto device = Enrollment::create(std::move(options), chain.world.environment()).value();
  const Outcome outcome = chain.run(device);
  CAPTURE(outcome.text);
  CHECK(outcome.success);
  CHECK(outcome.retries == 2);
  const auto exchanges = chain.ra.take_exchanges();
  REQUIRE(exchanges.size() == 4);
  check_told(exchanges[0]);
  check_told(exchanges[1]);
}

TEST_CASE("E-14 a device gets its certificate although answers of the CA go wrong") {
  const auto upward = GENERATE(Upward::added, Upward::by_signature);
  const auto downward = GENERATE(Downward::vendor, Downward::pbm);
  CAPTURE(text_of(upward), text_of(downward));
  Chain chain(upward);
  for (const Fault& fault : faults()) check_recovery(chain, downward, fault);
}

TEST_CASE("an RA that believes the CA by a secret only does not take its signature") {
  Chain chain(Upward::by_secret);
  bool signs = true;
  chain.on_the_way = [&](const Octets& answer) -> tl::expected<Octets, std::string> {
    return std::exchange(signs, false)
               ? changed(answer, chain.world.vendor_credential("/CN=stranger"), chain.world, [](PKIMessage&) {})
               : answer;
  };
  const auto device = chain.operation(Downward::pbm, Wish::ir_implicit);
  CHECK_FALSE(chain.run(**device).success);
  check_told(chain.ra.take_exchanges().front());
}

TEST_CASE("an answer that comes twice is taken once") {
  const auto upward = GENERATE(Upward::unchanged, Upward::added, Upward::by_signature, Upward::by_secret);
  Chain chain(upward);
  const auto device = chain.operation(Downward::vendor, Wish::ir_confirmed);
  const Octets ir = *(*device)->start().send;
  Relay& relay = chain.ra_process.relay();
  const Relayed relayed = relay.receive(ir);
  const Forward& forward = relayed.forwards.front();
  const auto answer = post(chain.ca.url(), forward);
  const Octets first = relay.resume(forward.ticket, *answer).reply.value().octets;
  const Relayed again = relay.resume(forward.ticket, *answer);
  if (again.reply) CHECK(again.reply->octets == first);
  const Output confirming = (*device)->receive(first);
  REQUIRE(confirming.send);
  const Output done = (*device)->receive(chain.ra_process.answer(*confirming.send).octets);
  REQUIRE(done.done);
  CHECK(done.done->success);
  // ... also once the transaction has gone on.
  const Relayed late = relay.resume(forward.ticket, *answer);
  CHECK(late.forwards.empty());
  CHECK(chain.world.status_of(done.done->certificate) == IssuedCertificate::Status::valid);
}

TEST_CASE("an answer with a ticket that is none is nobody's") {
  Chain chain(Upward::by_signature);
  Relay& relay = chain.ra_process.relay();
  for (const char* ticket : {"", "nonsense", "00", "../../etc/passwd"}) {
    CAPTURE(ticket);
    CHECK(relay.resume(ticket, octets("x")).refusal);
    CHECK(relay.fail(ticket, "gone").refusal);
  }
}

/// What a device hears of an RA whose CA is at this URL.
Outcome enrol_below(const CaWorld& world, const std::string& url) {
  const Identity identity = registration_authority(world, "/CN=RA");
  RelayProcess ra(world.environment(),
                  relay_configuration(world, identity, Forwarding::replace,
                                      SignatureCredential{identity.signer, {identity.certificate}}),
                  [&](const Forward& forward) { return post(url, forward); });
  EnrollmentOptions options = world.options(world.secret_credential());
  options.retry.later = 0;
  options.implicit_confirm = true;
  auto device = Enrollment::create(std::move(options), world.environment()).value();
  Output output = device.receive(ra.answer(*device.start().send).octets);
  REQUIRE(output.done);
  CHECK(output.done->authenticated);
  return std::move(*output.done);
}

TEST_CASE("E-31 where upstream answers otherwise than by CMP the failInfo fits its HTTP status") {
  const auto [status, fail_info] = GENERATE(table<int, FailInfo>({{200, PKIFailureInfo::systemFailure},
                                                                  {302, PKIFailureInfo::systemFailure},
                                                                  {404, PKIFailureInfo::systemFailure},
                                                                  {500, PKIFailureInfo::systemFailure},
                                                                  {502, PKIFailureInfo::systemUnavail},
                                                                  {503, PKIFailureInfo::systemUnavail},
                                                                  {504, PKIFailureInfo::systemUnavail}}));
  CAPTURE(status);
  const transport::Reply page{status, "text/html", octets("<html>"), {}};
  const HttpEntity other(HttpEntity::Answer([&page](const transport::Endpoint&, Bytes) { return page; }));
  CHECK(enrol_below(CaWorld(false), other.url()).fail_info == fail_info);
}

TEST_CASE("E-31 an upstream that is not there is not available") {
  CHECK(enrol_below(CaWorld(false), "http://127.0.0.1:1").fail_info == PKIFailureInfo::systemUnavail);
}

TEST_CASE("W-02 a CMP message is taken whatever the HTTP status that it comes with") {
  const auto status = GENERATE(200, 400, 500, 503);
  const CaWorld world(false);
  const HttpEntity ca(HttpEntity::Answer([&](const transport::Endpoint&, Bytes request) {
    return transport::Reply{status, std::string(transport::pkixcmp), world.responder->respond(request).octets, {}};
  }));
  const Outcome outcome = enrol_below(world, ca.url());
  CAPTURE(status, outcome.text);
  CHECK(outcome.success);
}

}  // namespace
}  // namespace cmpkit::cmp::test
