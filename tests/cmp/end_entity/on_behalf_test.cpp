// A certificate for somebody else, from its PKCS #10 request (RFC 9483 Section 5.3.1).
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "cmpkit/asn1/oids.h"
#include "cmpkit/asn1/pkcs10.h"
#include "cmpkit/cmp/certificate.h"
#include "tests/support/crafted.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using namespace cmpkit::cmp::test;
using asn1::PKIBody;
using Catch::Matchers::ContainsSubstring;

namespace {

/// A device that cannot speak CMP: its key, and its request with a subjectAltName.
struct MuteDevice {
  explicit MuteDevice(const World& world) : key(world.new_signer()) {
    const Octets names = asn1::encode(asn1::GeneralNames{asn1::GeneralName::of(asn1::Name{name("/CN=also me")})});
    asn1::Extensions wanted;
    wanted.push_back({asn1::id_ce_subjectAltName, false, names});
    extensions = asn1::encode(wanted);
    asn1::CertificationRequest csr;
    csr.certificationRequestInfo.subject = {subject};
    csr.certificationRequestInfo.subjectPKInfo = asn1::decode<asn1::SubjectPublicKeyInfo>(key->public_key()).value();
    auto& attribute = csr.certificationRequestInfo.attributes.emplace_back();
    attribute.type = asn1::id_extensionRequest;
    attribute.values.push_back({extensions});
    const Octets info = asn1::encode(csr.certificationRequestInfo);
    const Bytes message[] = {info};
    const Octets signature = key->sign(message).value();
    csr.signatureAlgorithm = key->algorithm();
    csr.signature.octets = signature;
    request = asn1::encode(csr);
  }
  std::shared_ptr<const Signer> key;
  Octets subject = name("/CN=mute device"), extensions, request;
};

/// What an RA wants for it.
EnrollmentOptions options_for(World& world, const MuteDevice& device, PKIBody::Type type = PKIBody::ir) {
  EnrollmentOptions options = world.options(world.vendor_credential("/CN=RA"));
  options.type = type;
  options.subject.clear();
  options.new_key.reset();
  options.certification_request = device.request;
  options.implicit_confirm = false;
  return options;
}

void let_act_for_others(World& world) {
  auto configuration = world.configuration();
  Permission permission{.name = "RA", .who = Permission::Who::certificate, .operations = {PKIBody::ir, PKIBody::cr}};
  permission.subject.kind = SubjectRule::Kind::any;
  permission.on_behalf = true;
  configuration.permissions = {permission};
  world.use(std::move(configuration));
}

std::string why_not(World& world, EnrollmentOptions options) {
  const auto made = Enrollment::create(std::move(options), world.environment());
  REQUIRE_FALSE(made);
  return made.error();
}

}  // namespace

TEST_CASE("A-50 an RA gets the certificate that a PKCS #10 request asks for, with raVerified") {
  World world;
  let_act_for_others(world);
  const MuteDevice device(world);
  const auto type = GENERATE(PKIBody::ir, PKIBody::cr);
  auto enrollment = Enrollment::create(options_for(world, device, type), world.environment()).value();

  const Octets octets = enrollment.start().send.value();
  const auto message = asn1::decode<asn1::PKIMessage>(octets).value();
  const asn1::CertReqMsg& sent = message.body.cert_requests()->front();
  REQUIRE(sent.popo);
  CHECK(sent.popo->type() == asn1::ProofOfPossession::raVerified);
  CHECK(same_octets(asn1::encode(*sent.certReq.certTemplate.publicKey), device.key->public_key()));
  CHECK(asn1::encode(*sent.certReq.certTemplate.extensions) == device.extensions);

  const Outcome outcome = world.run(enrollment);
  INFO(outcome.text << " " << outcome.server_text);
  REQUIRE(outcome.success);
  CHECK(outcome.modifications.empty());
  const auto certificate = CertificateView::decode(outcome.certificate).value();
  CHECK(same_octets(certificate.public_key(), device.key->public_key()));
  CHECK(certificate.name() == "/CN=mute device");
  CHECK(certificate.extension(asn1::id_ce_subjectAltName) != nullptr);
}

TEST_CASE("A-50 a request whose signature is not by its key is not sent") {
  World world;
  MuteDevice device(world);
  device.request.back() ^= 1U;
  CHECK_THAT(why_not(world, options_for(world, device)), ContainsSubstring("proof of possession"));
  device.request.resize(device.request.size() - 1);
  CHECK_THAT(why_not(world, options_for(world, device)), ContainsSubstring("PKCS #10"));
}

TEST_CASE("A-50 what contradicts a PKCS #10 request is refused") {
  World world;
  const MuteDevice device(world);
  EnrollmentOptions with_key = options_for(world, device);
  with_key.new_key = world.new_signer();
  CHECK_THAT(why_not(world, with_key), ContainsSubstring("has its key"));
  EnrollmentOptions with_central_key = options_for(world, device);
  with_central_key.central_key.emplace();
  CHECK_THAT(why_not(world, with_central_key), ContainsSubstring("has its key"));
  EnrollmentOptions with_subject = options_for(world, device);
  with_subject.subject = name("/CN=somebody else");
  CHECK_THAT(why_not(world, with_subject), ContainsSubstring("subject and extensions"));
  EnrollmentOptions with_extensions = options_for(world, device);
  with_extensions.extensions = device.extensions;
  CHECK_THAT(why_not(world, with_extensions), ContainsSubstring("subject and extensions"));
  CHECK_THAT(why_not(world, options_for(world, device, PKIBody::kur)), ContainsSubstring("nobody but its holder"));
}

TEST_CASE("A-50 what is saved is gone on with for the same request only") {
  World world;
  let_act_for_others(world);
  const MuteDevice device(world), other(world);
  EnrollmentOptions options = options_for(world, device);
  auto enrollment = Enrollment::create(options, world.environment()).value();
  const Octets ir = *enrollment.start().send;
  const Octets saved = enrollment.save();
  options.certification_request = other.request;
  CHECK_FALSE(Enrollment::resume(options, world.environment(), saved));
  options.certification_request = device.request;
  auto resumed = Enrollment::resume(options, world.environment(), saved);
  REQUIRE(resumed);
  CHECK(resumed->start().send == ir);
  const Output answered = resumed->receive(world.responder->respond(ir).octets);
  REQUIRE(answered.send);  // the certConf
  auto confirming = Enrollment::resume(options, world.environment(), resumed->save());
  REQUIRE(confirming);
  CHECK(confirming->start().send == answered.send);
  CHECK(world.run(*confirming).success);
}
