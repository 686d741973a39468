// Trying again where the server cannot serve us now (E-14, RFC 9483 Section 3.6.4).
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "tests/support/scripted_server.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using namespace cmpkit::cmp::test;
using asn1::PKIBody;
using asn1::PKIFailureInfo;
using asn1::PKIStatus;

namespace {

Octets transaction_of(const Output& output) { return copy_of(*sent(output).header.transactionID); }

/// An error of a server that says nothing twice: each has a senderNonce of its own.
Octets failing(const ScriptedServer& server, Bytes request, PKIFailureInfo::Bit bit = PKIFailureInfo::systemUnavail) {
  static std::uint8_t counter = 0;
  const Octets nonce(16, ++counter);
  return server.answer(request, error_body(PKIStatus::rejection, bit),
                       [&](asn1::PKIMessage& error) { error.header.senderNonce = nonce; });
}

/// What the client does at the time that it waits for.
Output woken(Operation& client, World& world) {
  world.clock.advance(*client.start().wake_at - world.clock.now());
  return client.wake();
}

PKIBody confirmed() {
  PKIBody body;
  body.set<PKIBody::pkiconf>();
  return body;
}

PKIBody rejected(PKIFailureInfo::Bit bit) {
  PKIBody body;
  auto& response = body.set<PKIBody::ip>().response.emplace_back();
  response.status.status = PKIStatus::rejection;
  response.status.failInfo.emplace().set(bit);
  return body;
}

}  // namespace

TEST_CASE("E-14 transactionIdInUse is answered by the request under a new transactionID, a few times") {
  World world;
  const ScriptedServer server(world);
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.retry.new_ids = 2;
  auto client = Enrollment::create(std::move(options), world.environment()).value();
  Output output = client.start();
  const Octets first = transaction_of(output);
  for (int i = 0; i < 2; ++i) {
    output = client.receive(
        server.answer(*output.send, error_body(PKIStatus::rejection, PKIFailureInfo::transactionIdInUse)));
    REQUIRE(output.send);
    CHECK(sent(output).body.type() == PKIBody::ir);
    CHECK(transaction_of(output) != first);
    CHECK_FALSE(sent(output).header.recipNonce);  // H-71
  }
  output =
      client.receive(server.answer(*output.send, error_body(PKIStatus::rejection, PKIFailureInfo::transactionIdInUse)));
  REQUIRE(output.done);
  CHECK(output.done->fail_info == PKIFailureInfo::transactionIdInUse);
}

TEST_CASE("E-14 a server that is not available gets the same octets again, as often as the caller wants") {
  World world;
  const ScriptedServer server(world);
  const auto bit = GENERATE(PKIFailureInfo::systemUnavail, PKIFailureInfo::systemFailure);
  const unsigned times = GENERATE(0U, 3U);
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.retry = {.later = times, .interval = std::chrono::seconds{10}};
  auto client = Enrollment::create(std::move(options), world.environment()).value();
  Output output = client.start();
  const Octets request = *output.send;
  for (unsigned i = 0; i < times; ++i) {
    output = client.receive(failing(server, request, bit));
    CHECK(output.wake_at == world.clock.now() + std::chrono::seconds{10 << i});
    CHECK(client.wake().wake_at == output.wake_at);  // too early
    output = woken(client, world);
    CHECK(output.send == request);
  }
  output = client.receive(failing(server, request, bit));
  REQUIRE(output.done);
  CHECK(output.done->fail_info == bit);
  CHECK(output.done->retries == times);
}

TEST_CASE("E-14 what a server could not decide at first it grants when it is asked again") {
  World world;
  const ScriptedServer server(world);
  auto client = Enrollment::create(world.options(world.vendor_credential()), world.environment()).value();
  CHECK_FALSE(client.receive(failing(server, *client.start().send)).done);
  const Output output = client.receive(world.responder->respond(*woken(client, world).send).octets);
  REQUIRE(output.done);
  CHECK(output.done->success);
  CHECK(output.done->retries == 1);
}

TEST_CASE("E-14 a request that was refused in its own answer is made anew, in another transaction") {
  World world;
  const ScriptedServer server(world);
  const auto bit = GENERATE(PKIFailureInfo::systemUnavail, PKIFailureInfo::systemFailure);
  auto client = Enrollment::create(world.options(world.vendor_credential()), world.environment()).value();
  Output output = client.start();
  const Octets first = transaction_of(output);
  output = client.receive(server.answer(*output.send, rejected(bit)));
  REQUIRE(output.wake_at);
  output = woken(client, world);
  CHECK(sent(output).body.type() == PKIBody::ir);
  CHECK(transaction_of(output) != first);
}

TEST_CASE("E-14 a pause before the next transaction survives, with the count of them") {
  World world;
  const ScriptedServer server(world);
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.retry.later = 1;
  auto client = Enrollment::create(options, world.environment()).value();
  const PKIBody unavailable = rejected(PKIFailureInfo::systemUnavail);
  Output output = client.receive(server.answer(*client.start().send, unavailable));
  REQUIRE(output.wake_at);
  client = Enrollment::resume(options, world.environment(), client.save()).value();
  CHECK(client.start().wake_at == output.wake_at);
  output = client.receive(server.answer(*woken(client, world).send, unavailable));
  REQUIRE(output.done);
  CHECK(output.done->retries == 1);
}

TEST_CASE("E-14 a server that only repeats its error, or refuses the repetition, is asked in another transaction") {
  World world;
  const ScriptedServer server(world);
  const bool repeats = GENERATE(true, false);
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.retry.later = 1;
  auto client = Enrollment::create(std::move(options), world.environment()).value();
  Output output = client.start();
  const Octets request = *output.send, first = transaction_of(output);
  const Octets error = failing(server, request);
  CHECK_FALSE(client.receive(error).done);
  output = woken(client, world);
  REQUIRE(output.send == request);
  output = client.receive(repeats ? error : failing(server, request, PKIFailureInfo::badTime));
  REQUIRE(output.send);  // at once
  CHECK(sent(output).body.type() == PKIBody::ir);
  CHECK(transaction_of(output) != first);
  output = client.receive(failing(server, *output.send, PKIFailureInfo::badTime));  // not about a repetition
  REQUIRE(output.done);
  CHECK(output.done->fail_info == PKIFailureInfo::badTime);
}

TEST_CASE("E-14 a certConf that found the server not available is sent again, also by another process") {
  World world;
  const ScriptedServer server(world);
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.implicit_confirm = false;
  auto client = Enrollment::create(options, world.environment()).value();
  Output output = client.receive(world.responder->respond(*client.start().send).octets);
  const Octets confirmation = *output.send;
  REQUIRE(sent(output).body.type() == PKIBody::certConf);
  output = client.receive(failing(server, confirmation));
  REQUIRE(output.wake_at);
  client = Enrollment::resume(options, world.environment(), client.save()).value();
  CHECK(client.start().wake_at == output.wake_at);
  CHECK(woken(client, world).send == confirmation);
  SECTION("and confirmed") { output = client.receive(world.responder->respond(confirmation).octets); }
  SECTION("and made anew where the repetition is refused, with the same certificate") {
    client = Enrollment::resume(options, world.environment(), client.save()).value();
    output = client.receive(failing(server, confirmation, PKIFailureInfo::badTime));
    REQUIRE(output.send);
    CHECK(sent(output).body.type() == PKIBody::certConf);
    CHECK(output.send != confirmation);
    CHECK(client.receive(failing(server, *output.send)).wake_at);
    output = woken(client, world);
    output = client.receive(server.answer(*output.send, confirmed()));
  }
  SECTION("C-08 and made anew where the server said the same again, which meanwhile has the first one") {
    const Octets error = failing(server, confirmation);
    output = client.receive(error);
    REQUIRE(output.wake_at);
    CHECK(woken(client, world).send == confirmation);
    output = client.receive(error);
    REQUIRE(output.send != confirmation);
    (void)world.responder->respond(confirmation);
    output = client.receive(world.responder->respond(*output.send).octets);
  }
  REQUIRE(output.done);
  CHECK(output.done->success);
}

TEST_CASE("E-15 C-08 that a certificate is confirmed is believed only from the server") {
  World world;
  const ScriptedServer server(world);
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.implicit_confirm = false;
  options.tolerance = {Deviation::unprotected_errors};
  auto client = Enrollment::create(options, world.environment()).value();
  Output output = client.receive(world.responder->respond(*client.start().send).octets);
  const PKIBody said = error_body(PKIStatus::rejection, PKIFailureInfo::certConfirmed);
  const bool is_protected = GENERATE(false, true);
  output = client.receive(is_protected ? server.answer(*output.send, said) : server.unprotected(*output.send, said));
  REQUIRE(output.done);
  CHECK(output.done->success == is_protected);
}

TEST_CASE("E-14 no certificate is asked for anew where its confirmation failed for good") {
  World world;
  const ScriptedServer server(world);
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.implicit_confirm = false;
  options.retry.later = 1;
  auto client = Enrollment::create(std::move(options), world.environment()).value();
  CHECK_FALSE(client.receive(world.responder->respond(*client.start().send).octets).done);
  CHECK_FALSE(client.receive(failing(server, *client.start().send)).done);
  const Output output = client.receive(failing(server, *woken(client, world).send));
  REQUIRE(output.done);
  CHECK_FALSE(output.done->success);
  CHECK_FALSE(output.done->certificate.empty());
}

TEST_CASE("E-14 a pollReq that found the server not available is sent again, and made anew where that is refused") {
  World world;
  const ScriptedServer server(world);
  const bool for_confirmation = GENERATE(true, false);
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.implicit_confirm = false;
  auto client = Enrollment::create(std::move(options), world.environment()).value();
  Octets message = *client.start().send;
  if (for_confirmation) message = *client.receive(world.responder->respond(message).octets).send;
  CHECK(client.receive(server.answer(message, error_body(PKIStatus::waiting))).wake_at);
  const Octets poll = *woken(client, world).send;
  CHECK(client.receive(failing(server, poll)).wake_at);
  Output output = woken(client, world);
  CHECK(output.send == poll);
  output = client.receive(failing(server, poll, PKIFailureInfo::badTime));
  REQUIRE(output.send);
  CHECK(sent(output).body.type() == PKIBody::pollReq);
  CHECK(output.send != poll);
  const auto first = asn1::Owned<asn1::PKIMessage>::decode(poll).value();
  CHECK(same_octets(*sent(output).header.recipNonce, *first->header.recipNonce));  // H-72
  CHECK(same_octets(transaction_of(output), *first->header.transactionID));
}

TEST_CASE("E-15 nobody makes a client wait by an error that is not protected") {
  World world;
  const ScriptedServer server(world);
  auto client = Enrollment::create(world.options(world.vendor_credential()), world.environment()).value();
  const Output output = client.receive(
      server.unprotected(*client.start().send, error_body(PKIStatus::rejection, PKIFailureInfo::systemUnavail)));
  REQUIRE(output.done);
  CHECK(output.done->refusal->rule->id == "E-15");
  CHECK(output.done->retries == 0);
}

TEST_CASE("all bits of failInfo and all texts of an error are told") {
  World world;
  const ScriptedServer server(world);
  auto client = Enrollment::create(world.options(world.vendor_credential()), world.environment()).value();
  PKIBody body = error_body(PKIStatus::rejection, PKIFailureInfo::badPOP);
  auto& error = std::get<PKIBody::error>(body.value);
  error.pKIStatusInfo.failInfo->set(PKIFailureInfo::badAlg);
  error.pKIStatusInfo.statusString.emplace().push_back({"not so"});
  error.errorDetails.emplace().push_back({"because"});
  const Output output = client.receive(server.answer(*client.start().send, body));
  REQUIRE(output.done);
  CHECK(output.done->fail_info == PKIFailureInfo::badAlg);
  CHECK(output.done->all_fail_info.has(PKIFailureInfo::badPOP));
  CHECK(output.done->server_text == "not so; because");
  CHECK(output.done->authenticated);
  CHECK_FALSE(output.done->refusal);
}
