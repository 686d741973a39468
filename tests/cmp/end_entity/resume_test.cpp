// Saved in one process, gone on with in another: from every state in which something is awaited.
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
using asn1::PKIStatus;

namespace {

PKIBody waiting() {
  PKIBody body;
  body.set<PKIBody::ip>().response.emplace_back().status.status = PKIStatus::waiting;
  return body;
}

Credential credential_of(World& world, bool by_secret) {
  return by_secret ? Credential(world.secret_credential()) : world.vendor_credential();
}

/// The client saved and gone on with, as another process would.
Enrollment reborn(World& world, const EnrollmentOptions& options, const Enrollment& client) {
  const Octets saved = client.save();
  REQUIRE_FALSE(saved.empty());
  return Enrollment::resume(options, world.environment(), saved).value();
}

}  // namespace

TEST_CASE("an enrolment that is saved in every state ends as one that is not") {
  World world;
  const bool by_secret = GENERATE(true, false);
  CAPTURE(by_secret);
  EnrollmentOptions options = world.options(credential_of(world, by_secret));
  options.implicit_confirm = false;
  const ScriptedServer server = by_secret ? ScriptedServer(world, world.secret_credential()) : ScriptedServer(world);

  auto client = Enrollment::create(options, world.environment()).value();
  const Output request = client.start();
  client = reborn(world, options, client);
  Output output = client.start();
  CHECK(output.send == request.send);  // octet for octet
  const Octets granted = world.responder->respond(*request.send).octets;

  output = client.receive(server.answer(*output.send, waiting()));
  REQUIRE(output.wake_at);
  client = reborn(world, options, client);
  CHECK(client.start().wake_at == output.wake_at);
  CHECK(client.wake().wake_at == output.wake_at);  // too early
  world.clock.advance(*output.wake_at - world.clock.now());
  output = client.wake();
  const Octets poll = *output.send;
  client = reborn(world, options, client);
  CHECK(client.start().send == poll);

  output = client.receive(granted);  // V-21: names the nonce of the request
  REQUIRE(output.send);
  REQUIRE(sent(output).body.type() == PKIBody::certConf);
  client = reborn(world, options, client);
  CHECK(client.start().send == output.send);
  output = client.receive(world.responder->respond(*output.send).octets);
  REQUIRE(output.done);
  CAPTURE(output.done->text);
  CHECK(output.done->success);
  CHECK(output.done->authenticated);
  CHECK(output.done->status == PKIStatus::accepted);
  CHECK(output.done->chain == std::vector<Octets>{world.ca.certificate});
  CHECK(world.status_of(output.done->certificate) == IssuedCertificate::Status::valid);
  CHECK(client.save().empty());
}

TEST_CASE("M-01 the parameters of the MAC stay the same after a resumption") {
  World world;
  const EnrollmentOptions options = world.options(world.secret_credential());
  const ScriptedServer server(world, world.secret_credential());
  auto client = Enrollment::create(options, world.environment()).value();
  const Output request = client.start();
  const Output output = client.receive(server.answer(*request.send, waiting()));
  client = reborn(world, options, client);
  world.clock.advance(*output.wake_at - world.clock.now());
  CHECK(same_octets(asn1::encode(*sent(client.wake()).header.protectionAlg),
                    asn1::encode(*sent(request).header.protectionAlg)));
}

TEST_CASE("a rejection of the certificate survives until it is confirmed") {
  World world, stranger;
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.certificate_trust = stranger.devices.get();
  options.implicit_confirm = false;
  auto client = Enrollment::create(options, world.environment()).value();
  Output output = client.receive(world.responder->respond(*client.start().send).octets);
  client = reborn(world, options, client);
  output = client.receive(world.responder->respond(*client.start().send).octets);
  REQUIRE(output.done);
  CHECK_FALSE(output.done->success);
  REQUIRE(output.done->refusal);
  CHECK(output.done->refusal->rule->id == "R-16");
  CHECK(output.done->text == output.done->refusal->text);
}

TEST_CASE("nothing is saved before the start, and nothing secret ever") {
  World world;
  const EnrollmentOptions options = world.options(world.secret_credential());
  auto client = Enrollment::create(options, world.environment()).value();
  CHECK(client.save().empty());
  REQUIRE(client.start().send);
  CHECK(text_of(client.save()).find("secret-123456") == std::string_view::npos);
}

TEST_CASE("a saved operation is gone on with by the same operation only") {
  World world;
  const EnrollmentOptions options = world.options(world.vendor_credential());
  auto client = Enrollment::create(options, world.environment()).value();
  REQUIRE(client.start().send);
  const Octets saved = client.save();
  const auto refused_for = [&](const std::function<void(EnrollmentOptions&)>& change) {
    EnrollmentOptions other = options;
    change(other);
    const auto resumed = Enrollment::resume(other, world.environment(), saved);
    REQUIRE_FALSE(resumed);
    return resumed.error();
  };
  CHECK(refused_for([&](auto& o) { o.new_key = world.new_signer(); }).find("other options") != std::string::npos);
  CHECK(refused_for([&](auto& o) { o.credential = world.vendor_credential(); }).find("other options") !=
        std::string::npos);
  CHECK(refused_for([&](auto& o) { o.subject = name("/CN=other"); }).find("other options") != std::string::npos);
  CHECK(refused_for([&](auto& o) { o.profile = "other"; }).find("other options") != std::string::npos);
  CHECK(refused_for([&](auto& o) { o.type = PKIBody::cr; }).find("another") != std::string::npos);

  InquiryOptions inquiry;
  inquiry.credential = options.credential;
  inquiry.trust = options.trust;
  inquiry.question = ask_for(asn1::id_it_caCerts);
  CHECK_FALSE(Inquiry::resume(inquiry, world.environment(), saved));
  for (const Octets& damaged : {Octets{}, Octets{0x30, 0x00}, Octets(saved.begin(), saved.end() - 1)})
    CHECK_FALSE(Enrollment::resume(options, world.environment(), damaged));
}

TEST_CASE("damaged octets are refused, or give a client that still takes no foreign certificate") {
  World world;
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.implicit_confirm = false;
  auto client = Enrollment::create(options, world.environment()).value();
  const Output output = client.receive(world.responder->respond(*client.start().send).octets);
  REQUIRE(sent(output).body.type() == PKIBody::certConf);
  const Octets saved = client.save();
  for (std::size_t i = 0; i < saved.size(); ++i) {
    Octets damaged = saved;
    damaged[i] ^= 0x01;
    auto resumed = Enrollment::resume(options, world.environment(), damaged);
    if (resumed) CHECK(resumed->start().done.has_value() == false);
  }
}
