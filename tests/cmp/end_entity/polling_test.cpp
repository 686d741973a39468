// A client that is made to wait, for whatever it asked (RFC 9483 Section 4.4).
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/inquiry.h"
#include "cmpkit/cmp/revocation.h"
#include "tests/support/scripted_server.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using namespace cmpkit::cmp::test;
using asn1::PKIBody;
using asn1::PKIMessage;
using asn1::PKIStatus;

namespace {

/// What is delayed: an operation, how the server says so, and the certReqId to poll for.
struct Delayed {
  PKIBody::Type request;
  bool by_error;
  std::int64_t cert_req_id;
};

std::unique_ptr<Operation> operation(World& world, PKIBody::Type type) {
  if (type == PKIBody::rr) {
    RevocationOptions options;
    options.credential = world.vendor_credential();
    options.trust = world.devices.get();
    return std::make_unique<Revocation>(Revocation::create(std::move(options), world.environment()).value());
  }
  if (type == PKIBody::genm) {
    InquiryOptions options;
    options.credential = world.vendor_credential();
    options.trust = world.devices.get();
    options.question = ask_for(asn1::id_it_caCerts);
    return std::make_unique<Inquiry>(Inquiry::create(std::move(options), world.environment()).value());
  }
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.type = type;
  return std::make_unique<Enrollment>(Enrollment::create(std::move(options), world.environment()).value());
}

PKIBody waiting(const Delayed& delayed) {
  if (delayed.by_error) return error_body(PKIStatus::waiting);
  PKIBody body;
  auto& content = delayed.request == PKIBody::ir ? body.set<PKIBody::ip>() : body.set<PKIBody::cp>();
  auto& response = content.response.emplace_back();
  response.status.status = PKIStatus::waiting;
  return body;
}

std::int64_t polled_id(const Output& output) {
  const PKIMessage message = sent(output);
  REQUIRE(message.body.type() == PKIBody::pollReq);
  return message.body.get<PKIBody::pollReq>()->front().certReqId;
}

}  // namespace

TEST_CASE("DL-01 DL-03 DL-12 every kind of request is polled for, by the certReqId that names it") {
  World world;
  const Delayed delayed = GENERATE(values<Delayed>({{PKIBody::ir, false, 0},
                                                    {PKIBody::ir, true, -1},
                                                    {PKIBody::cr, false, 0},
                                                    {PKIBody::rr, true, -1},
                                                    {PKIBody::genm, true, -1}}));
  CAPTURE(delayed.request, delayed.by_error);
  const ScriptedServer server(world);
  const auto client = operation(world, delayed.request);
  const Output request = client->start();
  Output output = client->receive(server.answer(*request.send, waiting(delayed)));
  REQUIRE(output.wake_at);

  world.clock.advance(*output.wake_at - world.clock.now());
  output = client->wake();
  CHECK(polled_id(output) == delayed.cert_req_id);
  CHECK(same_octets(
      *sent(output).header.recipNonce,
      Bytes(*asn1::decode<PKIMessage>(server.answer(*request.send, waiting(delayed)))->header.senderNonce)));
  // waiting in answer to a poll is polled on
  output = client->receive(server.answer(*output.send, waiting(delayed)));
  REQUIRE(output.wake_at);
  world.clock.advance(*output.wake_at - world.clock.now());
  output = client->wake();
  CHECK(polled_id(output) == delayed.cert_req_id);
  output = client->receive(server.answer(*output.send, poll_response(delayed.cert_req_id, 60)));
  CHECK(output.wake_at == world.clock.now() + std::chrono::seconds{60});
}

TEST_CASE("C-10 the confirmation may be delayed, too") {
  World world;
  const ScriptedServer server(world);
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.implicit_confirm = false;
  auto client = Enrollment::create(std::move(options), world.environment()).value();
  Output output = client.receive(world.responder->respond(*client.start().send).octets);
  REQUIRE(sent(output).body.type() == PKIBody::certConf);
  const Octets confirmation = *output.send;
  output = client.receive(server.answer(confirmation, error_body(PKIStatus::waiting)));
  REQUIRE(output.wake_at);
  world.clock.advance(*output.wake_at - world.clock.now());
  output = client.wake();
  CHECK(polled_id(output) == -1);
  PKIBody confirmed;
  confirmed.set<PKIBody::pkiconf>();
  // V-21: the final answer names the nonce of the certConf or of the poll
  const Octets& answered = GENERATE(true, false) ? confirmation : *output.send;
  output = client.receive(server.answer(answered, confirmed));
  REQUIRE(output.done);
  CAPTURE(output.done->text);
  CHECK(output.done->success);
  CHECK_FALSE(output.done->certificate.empty());
}

TEST_CASE("V-20 a pollRep names the nonce of its pollReq, not that of the request") {
  World world;
  const ScriptedServer server(world);
  const auto client = operation(world, PKIBody::genm);
  const Output request = client->start();
  Output output = client->receive(server.answer(*request.send, error_body(PKIStatus::waiting)));
  world.clock.advance(*output.wake_at - world.clock.now());
  output = client->wake();
  REQUIRE(output.send);
  output = client->receive(server.answer(*request.send, poll_response(-1, 5)));
  REQUIRE(output.done);
  CHECK(output.done->refusal->rule->id == "V-20");
}

TEST_CASE("DL-05 polling is bounded in time, and so in number") {
  World world;
  const ScriptedServer server(world);
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.max_poll_time = std::chrono::seconds{30};
  auto client = Enrollment::create(std::move(options), world.environment()).value();
  Output output = client.receive(server.answer(*client.start().send, waiting({PKIBody::ir, false, 0})));
  int polls = 0;
  while (output.wake_at) {
    world.clock.advance(*output.wake_at - world.clock.now());
    output = client.wake();
    if (output.done) break;
    ++polls;
    output = client.receive(server.answer(*output.send, poll_response(0, 0)));
  }
  REQUIRE(output.done);
  CHECK(output.done->refusal->rule->id == "DL-05");
  CHECK(polls <= 31);
}

TEST_CASE("DL-04 DL-05 what no server can mean ends the operation") {
  World world;
  const ScriptedServer server(world);
  struct Row {
    std::int64_t cert_req_id, check_after;
    std::string_view rule;
  };
  const Row row = GENERATE(values<Row>({{0, -1, "DL-04"},
                                        {1, 5, "DL-04"},
                                        {-1, 5, "DL-04"},
                                        {0, 100LL * 365 * 86400, "DL-05"},
                                        {0, std::numeric_limits<std::int64_t>::max(), "DL-05"}}));
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.max_poll_time = std::chrono::years{200};
  auto client = Enrollment::create(std::move(options), world.environment()).value();
  Output output = client.receive(server.answer(*client.start().send, waiting({PKIBody::ir, false, 0})));
  world.clock.advance(*output.wake_at - world.clock.now());
  output = client.wake();
  output = client.receive(server.answer(*output.send, poll_response(row.cert_req_id, row.check_after)));
  REQUIRE(output.done);
  CHECK(output.done->refusal->rule->id == row.rule);
}

TEST_CASE("E-12 waiting with failInfo is no delay") {
  World world;
  const ScriptedServer server(world);
  const auto client = operation(world, PKIBody::genm);
  const Output output = client->receive(
      server.answer(*client->start().send, error_body(PKIStatus::waiting, asn1::PKIFailureInfo::systemUnavail)));
  REQUIRE(output.done);
  CHECK(output.done->refusal->rule->id == "E-12");
}

TEST_CASE("V-04 an answer that nobody waits for changes nothing") {
  World world;
  const ScriptedServer server(world);
  const auto client = operation(world, PKIBody::genm);
  const Octets answer = server.answer(*client->start().send, error_body(PKIStatus::waiting));
  const Output waiting_for = client->receive(answer);
  REQUIRE(waiting_for.wake_at);
  CHECK(client->receive(answer).wake_at == waiting_for.wake_at);
  CHECK(client->trail().checks().back().rule->id == "V-04");
}
