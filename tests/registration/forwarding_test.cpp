// Every way that a message can take through an RA, over HTTP (RFC 9483 Sections 5.1 and 5.2).
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>

#include "tests/registration/wire.h"

namespace cmpkit::cmp::test {
namespace {

using asn1::PKIBody;
using asn1::PKIFailureInfo;

bool is_mac(Downward downward) { return downward == Downward::pbm || downward == Downward::pbmac1; }

/// A kur and an rr are signed by the certificate that they are about.
bool succeeds(Downward downward, Wish wish) {
  return (wish != Wish::kur && wish != Wish::rr) || downward == Downward::own;
}

void check_way(Chain& chain, Upward upward) {
  const auto down = chain.ra.take_exchanges(), up = chain.ca.take_exchanges();
  REQUIRE(down.size() == up.size());
  for (std::size_t i = 0; i < down.size(); ++i) check_exchange(down[i], up[i], {upward, chain.identity.certificate});
}

void check_refusal(Chain& chain) {
  for (const auto& each : chain.ra.take_exchanges()) check_answer(each.request, each.answer);
  CHECK(chain.world.status_of(chain.world.victim) == IssuedCertificate::Status::valid);
}

/// What our client would not send: the message of a certificate's holder, protected by a secret.
void check_by_mac(Chain& chain, Downward downward, Wish wish) {
  const auto operation = chain.operation(Downward::own, wish);
  const Octets message =
      changed(*operation.value()->start().send, chain.credential(downward), chain.world, [](asn1::PKIMessage&) {});
  const auto answer = post(chain.ra.url(), message);
  const auto error = asn1::decode<asn1::PKIMessage>(answer.value()).value();
  REQUIRE(error.body.type() == PKIBody::error);
  CHECK(error.body.get<PKIBody::error>()->pKIStatusInfo.failInfo->has(PKIFailureInfo::wrongIntegrity));
  CHECK(chain.ca.take_exchanges().empty());
}

void check_combination(Chain& chain, Downward downward, Upward upward, Wish wish) {
  CAPTURE(text_of(downward), text_of(upward), text_of(wish));
  chain.ra.take_exchanges();
  chain.ca.take_exchanges();
  if (is_mac(downward) && (wish == Wish::kur || wish == Wish::rr)) return check_by_mac(chain, downward, wish);
  const auto operation = chain.operation(downward, wish);
  REQUIRE(operation);
  const Outcome outcome = chain.run(**operation);
  CAPTURE(outcome.text, outcome.server_text);
  CHECK(outcome.success == succeeds(downward, wish));
  if (outcome.success)
    check_way(chain, upward);
  else
    check_refusal(chain);
}

void check_all(Upward upward) {
  Chain chain(upward);
  for (const Downward downward : {Downward::vendor, Downward::own, Downward::pbm, Downward::pbmac1})
    for (const Wish wish : {Wish::ir_confirmed, Wish::ir_implicit, Wish::ir_polled, Wish::cr, Wish::p10cr, Wish::genm})
      check_combination(chain, downward, upward, wish);
  for (const Wish wish : {Wish::kur, Wish::rr})  // last: they end the certificate
    for (const Downward downward : {Downward::vendor, Downward::pbm, Downward::pbmac1})
      check_combination(chain, downward, upward, wish);
}

TEST_CASE("A-10 every operation through an RA that forwards unchanged") { check_all(Upward::unchanged); }
TEST_CASE("A-20 every operation through an RA that adds its protection") { check_all(Upward::added); }
TEST_CASE("A-40 every operation through an RA that puts its signature in place") { check_all(Upward::by_signature); }
TEST_CASE("A-46 every operation through an RA that puts its MAC in place") { check_all(Upward::by_secret); }

TEST_CASE("A-41 a kur and an rr by the certificate that they are about") {
  const Upward upward = GENERATE(Upward::unchanged, Upward::added, Upward::by_signature, Upward::by_secret);
  const Wish wish = GENERATE(Wish::kur, Wish::rr);
  Chain chain(upward);
  check_combination(chain, Downward::own, upward, wish);
}

TEST_CASE("A-41 the protection of a kur is never replaced: where a MAC cannot be added to it, it goes on unchanged") {
  Chain chain(Upward::by_secret, [](RelayConfiguration& configuration) {
    configuration.routes.erase(configuration.routes.begin());  // that for what takes a signature
  });
  const auto operation = chain.operation(Downward::own, Wish::kur);
  const Outcome outcome = chain.run(**operation);
  CHECK(outcome.success);
  check_way(chain, Upward::unchanged);
}

TEST_CASE("H-83 an RA asks the CA for the profile that its route names") {
  const Upward upward = GENERATE(Upward::by_signature, Upward::by_secret);
  Chain chain(upward, [](RelayConfiguration& configuration) { configuration.routes.back().profile = "default"; });
  const auto operation = chain.operation(Downward::vendor, Wish::ir_confirmed);
  const Outcome outcome = chain.run(**operation);
  CAPTURE(outcome.text);
  CHECK(outcome.success);
  const auto up = chain.ca.take_exchanges();
  for (const auto& each : up) CHECK(each.endpoint.profile == "default");
}

TEST_CASE("a message that is none is answered by 400 and an error") {
  Chain chain(Upward::by_signature);
  const auto answer = post(chain.ra.url(), octets("garbage"));
  REQUIRE(answer);
  CHECK(asn1::decode<asn1::PKIMessage>(*answer)->body.type() == PKIBody::error);
  CHECK(chain.ca.take_exchanges().empty());
}

}  // namespace
}  // namespace cmpkit::cmp::test
