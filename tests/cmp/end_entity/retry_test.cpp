// Starting over where the server cannot serve us now (E-14, RFC 9483 Section 3.6.4).
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

TEST_CASE("E-14 a server that is not available is asked again later, where the caller wants so") {
  World world;
  const ScriptedServer server(world);
  const bool in_response = GENERATE(true, false);
  const auto bit = GENERATE(PKIFailureInfo::systemUnavail, PKIFailureInfo::systemFailure);
  const PKIBody answer = in_response ? rejected(bit) : error_body(PKIStatus::rejection, bit);
  const unsigned times = GENERATE(0U, 1U);
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.retry.later = times;
  options.retry.interval = std::chrono::seconds{90};
  auto client = Enrollment::create(std::move(options), world.environment()).value();
  Output output = client.start();
  const Octets first = transaction_of(output);
  output = client.receive(server.answer(*output.send, answer));
  if (times == 1) {
    CHECK(output.wake_at == world.clock.now() + std::chrono::seconds{90});
    CHECK(client.wake().wake_at == output.wake_at);  // too early
    world.clock.advance(std::chrono::seconds{90});
    output = client.wake();
    REQUIRE(output.send);
    CHECK(transaction_of(output) != first);
    output = client.receive(server.answer(*output.send, answer));
  }
  REQUIRE(output.done);
  CHECK(output.done->fail_info == bit);
}

TEST_CASE("E-14 no certificate is asked for anew where only its confirmation failed") {
  World world;
  const ScriptedServer server(world);
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.implicit_confirm = false;
  options.retry.later = 5;
  auto client = Enrollment::create(std::move(options), world.environment()).value();
  Output output = client.receive(world.responder->respond(*client.start().send).octets);
  REQUIRE(sent(output).body.type() == PKIBody::certConf);
  output = client.receive(server.answer(*output.send, error_body(PKIStatus::rejection, PKIFailureInfo::systemUnavail)));
  REQUIRE(output.done);
  CHECK_FALSE(output.done->success);
  CHECK_FALSE(output.done->certificate.empty());
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
