// The suite notices servers that are wrong, and says so.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <nlohmann/json.hpp>

#include "conformance/report.h"
#include "tests/conformance/world_peer.h"

namespace cmpkit::conformance::test {
namespace {

using asn1::PKIBody;
using asn1::PKIMessage;
using Catch::Matchers::ContainsSubstring;

const Case& case_named(std::string_view name) {
  for (const Case& each : all_cases())
    if (each.name == name) return each;
  throw std::invalid_argument(std::string(name));
}

/// The peer, with a change made to all that it says; the protection stays as it was.
Peer damaged(const Peer& honest, void (*damage)(PKIMessage&)) {
  Peer peer = honest;
  peer.post = [post = honest.post, damage](const Form& form, Bytes request) {
    auto reply = post(form, request);
    auto message = asn1::decode<PKIMessage>(reply->body).value();
    damage(message);
    Octets changed = asn1::encode(message);
    reply->body = std::move(changed);
    return reply;
  };
  return peer;
}

/// One case against a server that is damaged so.
Results results_of(const Peer& peer, std::string_view name) {
  Runner runner(peer);
  Results results{"a server", {runner.run(case_named(name))}, {}};
  results.add(runner.messages());
  return results;
}

void become_error(PKIMessage& m) {
  auto& info = m.body.set<PKIBody::error>().pKIStatusInfo;
  info.status = asn1::PKIStatus::rejection;
  info.failInfo.emplace().set(asn1::PKIFailureInfo::badAlg).set(asn1::PKIFailureInfo::badPOP);
}

constexpr std::string_view good_case = "an ir is granted, certReqId 0";

TEST_CASE("a rule for every message that a server breaks is named") {
  struct Row {
    std::string_view rule;
    void (*damage)(PKIMessage&);
  };
  const Row row = GENERATE(values<Row>({
      {"H-07", [](PKIMessage& m) { m.header.pvno = asn1::Pvno::cmp2021; }},
      {"H-22", [](PKIMessage& m) { m.header.recipient = m.header.sender; }},
      {"H-61", [](PKIMessage& m) { m.header.transactionID = m.header.senderNonce; }},
      {"H-70", [](PKIMessage& m) { m.header.senderNonce = m.header.senderNonce->first(8); }},
      {"H-72", [](PKIMessage& m) { m.header.recipNonce.reset(); }},
      {"P-01", [](PKIMessage& m) { m.protection.reset(), m.header.protectionAlg.reset(); }},
      {"P-07", [](PKIMessage& m) { m.extraCerts.reset(); }},
      {"P-16", [](PKIMessage& m) { m.header.messageTime.reset(); }},
      {"E-12", become_error},
  }));
  CAPTURE(row.rule);
  const WorldPeer world;
  const Results results = results_of(damaged(world.peer(), row.damage), good_case);
  CHECK_FALSE(results.good());
  const auto broken = std::find_if(results.answers.begin(), results.answers.end(), [&](const AnswerResult& each) {
    return each.rule->id == row.rule && each.broken > 0;
  });
  REQUIRE(broken != results.answers.end());
  CHECK_THAT(broken->example, ContainsSubstring(std::string(good_case)));
}

TEST_CASE("a server that leaves out an answer to a batch is noticed") {
  const WorldPeer world;
  const auto leave_out = [](PKIMessage& m) { std::get<PKIBody::nested>(m.body.value).pop_back(); };
  const Results results = results_of(damaged(world.peer(), leave_out), "a batch of three ir");
  REQUIRE(results.count(Verdict::failed) == 1);
  CHECK_THAT(results.cases.front().reason, ContainsSubstring("no answer to it in the nested message"));
  REQUIRE(results.cases.front().said.size() == 4);  // of the batch, and of each in it
  CHECK(results.cases.front().said[2].fault.empty());
}

TEST_CASE("a failure is reported with its rule and with what was said") {
  const WorldPeer world;
  const Results results = results_of(damaged(world.peer(), become_error), good_case);
  REQUIRE(results.count(Verdict::failed) == 1);
  const std::string text = failures_text(results);
  CHECK_THAT(text, ContainsSubstring("FAIL  an ir is granted, certReqId 0\n      R-20 (RFC 9483 Section 5.1.1): "));
  CHECK_THAT(text, ContainsSubstring("sent      ir\n"));
  CHECK_THAT(text, ContainsSubstring("received  error with rejection, badAlg and badPOP\n"));
  CHECK_THAT(text, ContainsSubstring("expected  ip that grants\n"));
  CHECK_THAT(junit_xml(results),
             ContainsSubstring("<testcase classname=\"R-20\" name=\"an ir is granted, certReqId 0\">\n"
                               "      <failure message=\"another kind of message\">"));
  const auto json = nlohmann::json::parse(json_text(results));
  CHECK(json["good"] == false);
  CHECK(json["cases"][0]["verdict"] == "failed");
  CHECK(json["cases"][0]["said"][0]["request"].get<std::string>().starts_with("30"));
}

TEST_CASE("what a server is known to break does not count, and is told") {
  const WorldPeer world;
  Peer peer = damaged(world.peer(), [](PKIMessage& m) { m.header.recipNonce.reset(); });
  peer.tolerated = {{"H-72", "it is old"}, {"P-16", "so that its protection is wrong"}};
  const Results results = results_of(peer, good_case);
  CHECK(results.good());
  CHECK_THAT(failures_text(results), ContainsSubstring("known  "));
  CHECK_THAT(junit_xml(results), ContainsSubstring("<skipped message="));
}

TEST_CASE("a case whose features the server lacks is skipped, with the reason") {
  const WorldPeer world;
  Peer peer = world.peer();
  peer.features.erase("rr");
  const Results results = results_of(peer, "an rr is granted, with one status");
  CHECK(results.cases.front().verdict == Verdict::skipped);
  CHECK(results.cases.front().reason == "the server has no rr");
  CHECK(results.good());
}

}  // namespace
}  // namespace cmpkit::conformance::test
