// The policy at a CA: asked about every kind of request, told what came of it.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/ca_information.h"
#include "cmpkit/cmp/revocation.h"
#include "tests/cmp/support/caller.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using namespace cmpkit::cmp::test;
using asn1::PKIBody;
using asn1::PKIFailureInfo;
using asn1::PKIStatus;
using Kind = PolicyOutcome::Kind;

namespace {

/// Decides what the test says, and keeps what it was asked and told.
class Recorder final : public Policy {
 public:
  PolicyDecision decide(const PolicyQuestion& question, Time) override {
    asked.push_back(question.type);
    if (question.certificate != nullptr) subject = asn1::name_text(question.certificate->subject);
    if (question.revocation != nullptr) reason = question.revocation->reason;
    permission = question.permission->name;
    transaction_id = copy_of(question.transaction_id);
    return decision;
  }
  std::vector<StoredDevice> learn(const PolicyOutcome& outcome, Time) override {
    told.push_back(outcome.kind);
    types.push_back(outcome.type);
    text = outcome.text;
    by_time = outcome.requester == nullptr;
    StoredDevice device;
    device.manufacturer = "test";
    device.serial = std::to_string(++devices);
    return {device};
  }

  PolicyDecision decision = PolicyGrant{};
  std::vector<PKIBody::Type> asked, types;
  std::vector<Kind> told;
  std::string subject, permission, text;
  asn1::CRLReason::Value reason{};
  Octets transaction_id;
  bool by_time = false;
  int devices = 0;
};

struct PolicyWorld : World {
  explicit PolicyWorld(const std::function<void(ResponderConfiguration&)>& edit = {}) {
    auto wanted = configuration();
    wanted.policy = &policy;
    if (edit) edit(wanted);
    use(std::move(wanted));
  }
  /// How many of what was learnt is in the store.
  std::size_t devices() { return store->statistics().value().devices; }
  Recorder policy;
};

Outcome enrol(PolicyWorld& world, PKIBody::Type type = PKIBody::ir) {
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.type = type;
  options.implicit_confirm = false;
  return world.run(std::move(options));
}

PKIBody revoking(const Device& device) {
  PKIBody body;
  auto& details = body.set<PKIBody::rr>().emplace_back();
  details.certDetails.issuer = device.view().issuer();
  details.certDetails.serialNumber = device.view().serial();
  return body;
}

PKIBody question() {
  PKIBody body;
  body.set<PKIBody::genm>().push_back({asn1::id_it_caCerts, {}});
  return body;
}

}  // namespace

TEST_CASE("the policy is asked about what is permitted and right, and told that it was issued and confirmed") {
  PolicyWorld world;
  const auto type = GENERATE(PKIBody::ir, PKIBody::cr);
  CHECK(enrol(world, type).success);
  CHECK(world.policy.asked == std::vector{type});
  CHECK(world.policy.permission == "certificates");
  CHECK(world.policy.subject == "/CN=device");
  CHECK(world.policy.told == std::vector{Kind::issued, Kind::confirmed});
  CHECK(world.policy.types == std::vector{type, type});
  CHECK(world.devices() == 2);
}

TEST_CASE("a p10cr is asked about as what it is") {
  PolicyWorld world;
  const EnrollmentBody request(world, PKIBody::p10cr);
  Caller caller(world, world.vendor_credential());
  asn1::Storage storage;
  const auto& answer = caller.send(request.body);
  CHECK(caller.send(confirming(answer, storage)).body.type() == PKIBody::pkiconf);
  CHECK(world.policy.types == std::vector{PKIBody::p10cr, PKIBody::p10cr});
}

TEST_CASE("where the CA asks for no confirmation the policy is told that it is confirmed") {
  PolicyWorld world;
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.implicit_confirm = true;
  CHECK(world.run(std::move(options)).success);
  CHECK(world.policy.told == std::vector{Kind::confirmed});
}

TEST_CASE("what is wrong, or not permitted, is no question to the policy") {
  PolicyWorld world([](auto& configuration) {
    for (auto& permission : configuration.permissions) permission.operations = {PKIBody::ir};
  });
  CHECK_FALSE(enrol(world, PKIBody::cr).success);
  EnrollmentBody request(world, PKIBody::ir);
  auto requests = *request.body.get<PKIBody::ir>();
  requests.front().popo.reset();
  request.body.set<PKIBody::ir>() = requests;
  Caller caller(world, world.vendor_credential());
  check_refused(caller.send(request.body), PKIBody::ip, PKIFailureInfo::badPOP, "R-06");
  CHECK(world.policy.asked.empty());
  CHECK(world.policy.told.empty());
}

TEST_CASE("what the policy refuses is refused with its words, and it is told of nothing") {
  PolicyWorld world;
  const Device device = enrolled(world);
  world.policy.told.clear();
  world.policy.decision = refused(rules::V_37, "body", "no more today");
  const Outcome outcome = enrol(world);
  CHECK(outcome.fail_info == PKIFailureInfo::notAuthorized);
  CHECK(outcome.server_text.find("no more today") != std::string::npos);
  Caller caller(world, device.credential(world));
  check_refused(caller.send(revoking(device)), PKIBody::rp, PKIFailureInfo::notAuthorized, "V-37");
  caller.start_over();
  check_refused(caller.send(question()), PKIBody::error, PKIFailureInfo::notAuthorized, "V-37");
  CHECK(world.policy.told.empty());
}

TEST_CASE("R-10 what the policy changes is what is issued, and the client is told") {
  PolicyWorld world;
  PolicyGrant grant;
  grant.subject = name("/O=Operator/CN=site-7");
  asn1::Storage storage;
  asn1::GeneralNames names;
  names.emplace_back().value.emplace<asn1::GeneralName::dNSName>().text = "site-7.example";
  grant.extensions =
      asn1::encode(asn1::Extensions{{asn1::id_ce_subjectAltName, false, storage.keep(asn1::encode(names))}});
  world.policy.decision = grant;
  EnrollmentOptions options = world.options(world.vendor_credential());
  const Outcome outcome = world.run(std::move(options));
  REQUIRE_FALSE(outcome.certificate.empty());
  const auto certificate = CertificateView::decode(outcome.certificate).value();
  CHECK(asn1::name_text(certificate.subject()) == "/O=Operator/CN=site-7");
  CHECK(certificate.subject_alt_names().size() == 1);
  CHECK(outcome.status == PKIStatus::grantedWithMods);
}

TEST_CASE("the policy may say which profile") {
  PolicyWorld world;
  PolicyGrant grant;
  grant.profile = "no such";
  world.policy.decision = grant;
  CHECK_FALSE(enrol(world).success);
  CHECK(world.policy.told == std::vector{Kind::refused});
  CHECK_FALSE(world.policy.text.empty());
  grant.profile = "default";
  world.policy.decision = grant;
  CHECK(enrol(world).success);
}

TEST_CASE("extensions of a policy that are none are an error of ours") {
  PolicyWorld world;
  PolicyGrant grant;
  grant.extensions = Octets{1, 2, 3};
  world.policy.decision = grant;
  const EnrollmentBody request(world, PKIBody::ir);
  Caller caller(world, world.vendor_credential());
  check_refused(caller.send(request.body), PKIBody::ip, PKIFailureInfo::systemUnavail, "E-30");
}

TEST_CASE("A-41 nothing of a key update can be changed") {
  PolicyWorld world;
  const Device device = enrolled(world);
  PolicyGrant grant;
  if (GENERATE(true, false))
    grant.subject = name("/CN=another");
  else
    grant.profile = "default";
  world.policy.decision = grant;
  const EnrollmentBody update(world, PKIBody::kur);
  Caller caller(world, device.credential(world));
  check_refused(caller.send(update.body), PKIBody::kup, PKIFailureInfo::badRequest, "A-41");
  world.policy.decision = PolicyGrant{};
  caller.start_over();
  CHECK(status_in(caller.send(update.body)).status == PKIStatus::accepted);
}

TEST_CASE("what the policy waits for is polled for, and it is asked again") {
  PolicyWorld world;
  world.policy.decision = Waiting{std::chrono::seconds{7}, "an operator looks at it"};
  const EnrollmentBody request(world, PKIBody::ir);
  Caller caller(world, world.vendor_credential());
  CHECK(status_in(caller.send(request.body)).status == PKIStatus::waiting);
  const Octets id = world.policy.transaction_id;
  PKIBody poll;
  poll.set<PKIBody::pollReq>().push_back({0});
  const auto& still = caller.send(poll);
  REQUIRE(still.body.type() == PKIBody::pollRep);
  CHECK(still.body.get<PKIBody::pollRep>()->front().checkAfter == 7);
  world.policy.decision = PolicyGrant{};
  CHECK(status_in(caller.send(poll)).status == PKIStatus::accepted);
  CHECK(world.policy.asked.size() == 3);
  CHECK(world.policy.transaction_id == id);
  CHECK(world.policy.told == std::vector{Kind::issued});
}

TEST_CASE("the policy is told of a revocation, and of its refusal by the CA") {
  PolicyWorld world;
  const Device device = enrolled(world);
  world.policy.told.clear();
  Caller caller(world, device.credential(world));
  PKIBody body = revoking(device);
  CHECK(status_in(caller.send(body)).status == PKIStatus::accepted);
  CHECK(world.policy.told == std::vector{Kind::revoked});
  CHECK(world.policy.types.back() == PKIBody::rr);
  CHECK(world.policy.reason == asn1::CRLReason::unspecified);
}

TEST_CASE("what the policy learns of an answered question is stored") {
  const auto information = [](World& world) {
    CaInformationOptions options;
    options.ca_certificates = {world.ca.certificate};
    return ca_information(options).value();
  };
  PolicyWorld world;
  const auto source = information(world);
  auto configuration = world.configuration();
  configuration.policy = &world.policy;
  configuration.information = {source.get()};
  world.use(std::move(configuration));
  Caller caller(world, world.vendor_credential());
  CHECK(caller.send(question()).body.type() == PKIBody::genp);
  CHECK(world.policy.told == std::vector{Kind::answered});
  CHECK(world.devices() == 1);
}

TEST_CASE("C-07 silence and rejection are told as rejections") {
  PolicyWorld world;
  const EnrollmentBody request(world, PKIBody::ir);
  Caller caller(world, world.vendor_credential());
  const auto& answer = caller.send(request.body);
  CHECK(status_in(answer).status == PKIStatus::accepted);
  SECTION("silence: nobody said so") {
    world.clock.advance(std::chrono::hours{1});
    CHECK(world.responder->expire() == 1);
    CHECK(world.policy.by_time);
  }
  SECTION("an empty certConf") {
    PKIBody none;
    none.set<PKIBody::certConf>();
    caller.send(none);
    CHECK_FALSE(world.policy.by_time);
  }
  CHECK(world.policy.told == std::vector{Kind::issued, Kind::rejected});
  CHECK(world.devices() == 2);
}
