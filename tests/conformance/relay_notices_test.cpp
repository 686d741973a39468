// The suite notices registration authorities that are wrong.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "conformance/relay_runner.h"
#include "tests/conformance/relay_peer.h"
#include "tests/support/http_entity.h"

namespace cmpkit::conformance::test {
namespace {

using asn1::PKIBody;
using asn1::PKIMessage;

const RelayCase& case_named(std::string_view name) {
  return *std::ranges::find(all_relay_cases(), name, &RelayCase::name);
}

using Damage = void (*)(PKIMessage&);

Octets damaged(Bytes message, Damage damage) {
  auto decoded = asn1::decode<PKIMessage>(message);
  if (!decoded || damage == nullptr) return copy_of(message);
  damage(*decoded);
  return asn1::encode(*decoded);
}

/// Hands everything on, without a look at it, but for this damage.
Peer proxy(RelayPeer& relay, Damage upwards = nullptr, Damage downwards = nullptr) {
  Peer peer = relay.peer();
  peer.post = [url = relay.upstream().url(), upwards, downwards](const Form&, Bytes request) -> Posted {
    const auto answer = cmp::test::post(url, damaged(request, upwards));
    return transport::HttpReply{0, {}, damaged(answer.value_or(Octets{}), downwards)};
  };
  return peer;
}

bool breaks(const RelayRunner& runner, std::string_view rule) {
  return std::ranges::any_of(runner.messages(),
                             [&](const AnswerResult& each) { return each.rule->id == rule && each.broken > 0; });
}

void modify(PKIMessage& m) {
  std::get<PKIBody::ip>(m.body.value).response.front().status.status = asn1::PKIStatus::grantedWithMods;
}

TEST_CASE("a rule for what an RA passes on that it breaks is named") {
  struct Row {
    std::string_view rule;
    Damage upwards, downwards;
  };
  const Row row = GENERATE(values<Row>({
      {"A-06", [](PKIMessage& m) { m.header.transactionID = m.header.senderNonce; }, nullptr},
      {"A-04", [](PKIMessage& m) { m.header.messageTime.reset(); }, nullptr},
      {"A-10", [](PKIMessage& m) { m.header.messageTime.reset(); }, nullptr},
      {"A-06", nullptr, [](PKIMessage& m) { m.header.senderNonce = m.header.transactionID; }},
      {"A-03", nullptr, &modify},
      {"A-02", nullptr, [](PKIMessage& m) { m.body.set<PKIBody::pkiconf>(); }},
  }));
  CAPTURE(row.rule);
  RelayPeer relay(Passing::unchanged);
  const Peer wrong = proxy(relay, row.upwards, row.downwards);
  RelayRunner runner(wrong, relay.upstream());
  (void)runner.run(case_named("ir signed"));
  CHECK(breaks(runner, row.rule));
}

TEST_CASE("an RA that does not forward as it is configured to is noticed") {
  struct Row {
    Passing passing;
    std::string_view feature, rule;
  };
  const Row row = GENERATE(values<Row>({
      {Passing::unchanged, feature::adds, "A-20"},
      {Passing::unchanged, feature::replaces, "A-46"},
      {Passing::adding, feature::replaces, "A-46"},
      {Passing::replacing, feature::unchanged, "A-10"},
  }));
  CAPTURE(row.rule);
  RelayPeer relay(row.passing);
  Peer claimed = relay.peer();
  for (const auto each : {feature::unchanged, feature::adds, feature::replaces})
    claimed.features.erase(std::string(each));
  claimed.features.emplace(row.feature);
  RelayRunner runner(claimed, relay.upstream());
  CHECK(runner.run(case_named("ir signed")).verdict == Verdict::passed);
  CHECK(breaks(runner, row.rule));
}

TEST_CASE("an RA that forwards without a look is noticed, upwards and downwards") {
  RelayPeer relay(Passing::unchanged);
  const Peer blind = proxy(relay);
  RelayRunner runner(blind, relay.upstream());
  CHECK(runner.run(case_named("ir signed")).verdict == Verdict::passed);
  for (const auto name :
       {"ir with a wrong signature", "ir signed by somebody of an unknown PKI", "ir with a wrong proof of possession",
        "an ip with another recipNonce", "an ip with a wrong signature", "an ip without protection"}) {
    CAPTURE(name);
    const CaseResult result = runner.run(case_named(name));
    CHECK(result.verdict == Verdict::failed);
    CHECK_FALSE(result.reason.empty());
  }
}

}  // namespace
}  // namespace cmpkit::conformance::test
