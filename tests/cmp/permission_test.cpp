// Who may do what: permissions as data (V-37, R-07, R-08).
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"
#include "tests/cmp/support/caller.h"
#include "tests/support/certificate_builder.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using namespace cmpkit::cmp::test;
using asn1::PKIBody;
using asn1::PKIFailureInfo;
using Whom = Permission::Who;

namespace {

void permit(World& world, std::vector<Permission> permissions) {
  auto configuration = world.configuration();
  configuration.permissions = std::move(permissions);
  world.use(std::move(configuration));
}

Permission may(Whom who, std::set<PKIBody::Type> operations, SubjectRule subject = {SubjectRule::Kind::any, {}}) {
  Permission out{.name = "test", .who = who, .operations = std::move(operations)};
  out.subject = std::move(subject);
  return out;
}

Outcome enrol(World& world, Credential credential, std::string_view subject, PKIBody::Type type = PKIBody::ir) {
  EnrollmentOptions options = world.options(std::move(credential));
  options.type = type;
  options.subject = name(subject);
  return world.run(std::move(options));
}

std::string subject_of(const Outcome& outcome) {
  REQUIRE(outcome.success);
  return asn1::name_text(CertificateView::decode(outcome.certificate)->subject());
}

}  // namespace

TEST_CASE("V-37 what no permission allows is refused by an error") {
  World world;
  permit(world, {may(Whom::secret, {PKIBody::ir}), may(Whom::own_certificate, {PKIBody::cr})});
  const Device device = enrolled(world);
  CHECK(enrol(world, device.credential(world), "/CN=device", PKIBody::cr).success);

  const EnrollmentBody first(world, PKIBody::ir), further(world, PKIBody::cr);
  Caller own(world, device.credential(world)), secret(world, world.secret_credential()),
      vendor(world, world.vendor_credential());
  check_refused(own.send(first.body), PKIBody::error, PKIFailureInfo::notAuthorized, "V-37");
  check_refused(secret.send(further.body), PKIBody::error, PKIFailureInfo::notAuthorized, "V-37");
  check_refused(vendor.send(first.body), PKIBody::error, PKIFailureInfo::notAuthorized, "V-37");
}

TEST_CASE("a permission for an anchor is for those whose path leads to it") {
  World world;
  Permission vendor = may(Whom::certificate, {PKIBody::ir}), own = may(Whom::certificate, {PKIBody::cr});
  vendor.anchors = {world.vendor.certificate};
  own.anchors = {world.root.certificate};
  permit(world, {vendor, own, may(Whom::secret, {PKIBody::ir})});
  const Device device = enrolled(world);
  CHECK(enrol(world, world.vendor_credential(), "/CN=device").success);
  CHECK_FALSE(enrol(world, world.vendor_credential(), "/CN=device", PKIBody::cr).success);
  CHECK(enrol(world, device.credential(world), "/CN=device", PKIBody::cr).success);
}

TEST_CASE("R-07 a pattern maps the vendor's name of a device to the operator's") {
  World world;
  permit(world,
         {may(Whom::certificate, {PKIBody::ir}, {SubjectRule::Kind::pattern, "/O=Operator/CN={CN}.ran.example"})});
  const std::string_view asked = GENERATE("/CN=bts-7", "/O=Operator/CN=bts-7.ran.example");
  const Outcome outcome = enrol(world, world.vendor_credential("/CN=bts-7"), asked);
  CHECK(subject_of(outcome) == "/O=Operator/CN=bts-7.ran.example");
  const bool mapped = asked == "/CN=bts-7";
  CHECK((outcome.status == asn1::PKIStatus::grantedWithMods) == mapped);
  CHECK_FALSE(enrol(world, world.vendor_credential("/CN=bts-7"), "/O=Operator/CN=bts-8.ran.example").success);
}

TEST_CASE("R-07 no value in a vendor's name can add to the name that a pattern makes of it") {
  World world;
  permit(world, {may(Whom::certificate, {PKIBody::ir}, {SubjectRule::Kind::pattern, "/O=Operator/CN={CN}"})});
  const Outcome outcome = enrol(world, world.vendor_credential("/CN=a\\/OU=admin\\+CN=b"), "/CN=a\\/OU=admin\\+CN=b");
  const auto rdns = CertificateView::decode(outcome.certificate)->subject().decode();
  REQUIRE(rdns);
  CHECK(rdns->size() == 2);
}

TEST_CASE("R-07 a pattern for what the requester's name has not is a refusal") {
  World world;
  permit(world, {may(Whom::certificate, {PKIBody::ir}, {SubjectRule::Kind::pattern, "/CN={serialNumber}"})});
  const EnrollmentBody request(world, PKIBody::ir);
  Caller caller(world, world.vendor_credential());
  check_refused(caller.send(request.body), PKIBody::ip, PKIFailureInfo::notAuthorized, "R-07");
}

TEST_CASE("R-07 a secret is bound to its reference, to one name, or to none") {
  World world;
  Permission bound = may(Whom::secret, {PKIBody::ir}, {SubjectRule::Kind::pattern, "/O=Operator/CN={reference}"});
  bound.references = {"dev1"};
  permit(world, {bound});
  CHECK(enrol(world, world.secret_credential(), "/O=Operator/CN=dev1").success);
  CHECK(subject_of(enrol(world, world.secret_credential(), "/CN=dev1")) == "/O=Operator/CN=dev1");
  CHECK_FALSE(enrol(world, world.secret_credential(), "/O=Operator/CN=dev2").success);
  bound.references = {"another"};
  permit(world, {bound});
  CHECK_FALSE(enrol(world, world.secret_credential(), "/O=Operator/CN=dev1").success);
}

TEST_CASE("R-08 raVerified is for whom a permission lets act for others") {
  World world;
  const EnrollmentBody request(world, PKIBody::cr);
  PKIBody verified = request.body;
  auto messages = *verified.get<PKIBody::cr>();
  messages.front().popo.emplace().value.emplace<asn1::ProofOfPossession::raVerified>();
  verified.set<PKIBody::cr>() = messages;

  Caller device(world, world.vendor_credential());
  check_refused(device.send(verified), PKIBody::cp, PKIFailureInfo::notAuthorized, "R-08");

  Permission others = may(Whom::certificate, {PKIBody::cr});
  others.on_behalf = true;
  permit(world, {others});
  Caller authority(world, world.vendor_credential("/CN=RA"));
  CHECK(status_in(authority.send(verified)).status == asn1::PKIStatus::accepted);
}

TEST_CASE("P-12 a permission for RAs is for holders of id-kp-cmcRA") {
  World world;
  permit(world, {may(Whom::registration_authority, {PKIBody::ir})});
  const EnrollmentBody request(world, PKIBody::ir);
  Caller device(world, world.vendor_credential());
  check_refused(device.send(request.body), PKIBody::error, PKIFailureInfo::notAuthorized, "V-37");

  const auto ra = cmpkit::test::CertificateBuilder("/CN=RA")
                      .purposes({asn1::id_kp_cmcRA})
                      .issued_by({world.vendor.certificate, world.vendor.signer});
  Caller authority(world, SignatureCredential{ra.signer, {ra.certificate}});
  CHECK(status_in(authority.send(request.body)).status == asn1::PKIStatus::accepted);
}

TEST_CASE("V-37 a permission may name the certificate profiles") {
  World world;
  Permission one = may(Whom::secret, {PKIBody::ir});
  one.profiles = {"default"};
  permit(world, {one});
  CHECK(enrol(world, world.secret_credential(), "/CN=x").success);
  EnrollmentOptions options = world.options(world.secret_credential());
  options.profile = "another";
  const Outcome outcome = world.run(std::move(options));
  CHECK(outcome.server_text.find("V-37") != std::string::npos);
}

TEST_CASE("a configuration with permissions that cannot be meant is refused when it is given") {
  World world;
  const auto create = [&](std::vector<Permission> permissions) {
    auto configuration = world.configuration();
    configuration.permissions = std::move(permissions);
    return Responder::create(std::move(configuration), *world.authority, *world.store, world.environment());
  };
  CHECK_FALSE(create({}));
  CHECK_FALSE(create({may(Whom::secret, {})}));
  CHECK_FALSE(create({may(Whom::secret, {PKIBody::certConf})}));
  CHECK_FALSE(create({may(Whom::secret, {PKIBody::ir}, {SubjectRule::Kind::pattern, "/CN={CN}"})}));
  CHECK_FALSE(create({may(Whom::certificate, {PKIBody::ir}, {SubjectRule::Kind::pattern, "/CN={no such}"})}));
  CHECK_FALSE(create({may(Whom::certificate, {PKIBody::ir}, {SubjectRule::Kind::pattern, "CN=x"})}));
  CHECK(create({may(Whom::certificate, {PKIBody::ir}, {SubjectRule::Kind::pattern, "/serialNumber={CN}"})}));
}
