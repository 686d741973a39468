// Nested messages from subordinate RAs at a relay (RFC 9483 Section 5.2.2).
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmp/message/nested_message.h"
#include "tests/cmp/registration/relay_world.h"
#include "tests/cmp/support/caller.h"
#include "tests/support/nesting.h"

namespace cmpkit::cmp::test {
namespace {

using asn1::PKIBody;
using asn1::PKIMessage;

PKIMessage decoded(Bytes message) { return decode_message(message, {}).value(); }

/// Below the relay there is another RA, with the certificate `below`.
struct NestedRelayWorld : RelayWorld {
  NestedRelayWorld() {
    RelayConfiguration configuration = relay_configuration();
    configuration.permissions.insert(configuration.permissions.begin(), ra_permission({PKIBody::ir}));
    use_relay(configuration);
  }
  Octets request(const std::string& device) {
    return Caller(*this, vendor_credential(device)).message(EnrollmentBody(*this, PKIBody::ir, device).body);
  }
  SignatureCredential below = ra_credential(*this);
};

TEST_CASE("A-36 A-32 a batch within a batch is answered by a batch within the answer") {
  NestedRelayWorld world;
  const Octets inner = batch_of(world, world.below, {world.request("/CN=a"), world.request("/CN=b")});
  const Octets outer = batch_of(world, world.below, {world.request("/CN=c"), inner});
  const Relayed relayed = world.relay->receive(outer);
  CHECK_FALSE(relayed.reply);
  REQUIRE(relayed.forwards.size() == 3);
  const std::size_t last = GENERATE(0U, 1U, 2U);  // whichever it is, its answer is waited for
  for (std::size_t i = 0; i < 3; ++i)
    if (i != last) CHECK_FALSE(world.exchange(relayed.forwards[i]).reply);
  const Relayed answered = world.exchange(relayed.forwards[last]);
  REQUIRE(answered.reply);

  const auto answers = messages_of(answered.reply->octets);
  REQUIRE(answers.size() == 2);
  CHECK(decoded(answers[0]).body.type() == PKIBody::ip);
  CHECK(same_octets(*decoded(answers[1]).header.recipNonce, *decoded(inner).header.senderNonce));
  const auto within = messages_of(answers[1]);
  REQUIRE(within.size() == 2);
  for (const Octets& each : within) CHECK(decoded(each).body.type() == PKIBody::ip);
}

TEST_CASE(
    "A-36 batches within each other are unpacked to the depth that is allowed; the rest is answered all the same") {
  NestedRelayWorld world;
  const Octets deepest = batch_of(world, world.below, {world.request("/CN=a")});
  const Octets inner = batch_of(world, world.below, {deepest, world.request("/CN=b")});
  const Relayed relayed = world.relay->receive(batch_of(world, world.below, {inner}));
  REQUIRE(relayed.forwards.size() == 1);
  const Relayed answered = world.exchange(relayed.forwards.front());
  REQUIRE(answered.reply);
  const auto within = messages_of(messages_of(answered.reply->octets).front());
  REQUIRE(within.size() == 2);
  check_refused(decoded(within[0]), PKIBody::error, asn1::PKIFailureInfo::badRequest, "A-36");
  CHECK(decoded(within[1]).body.type() == PKIBody::ip);
}

}  // namespace
}  // namespace cmpkit::cmp::test
