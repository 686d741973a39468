// The two ends of an enrolment against each other, every kind of request and credential.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "cmpkit/asn1/oids.h"
#include "tests/cmp/support/caller.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using namespace cmpkit::cmp::test;
using asn1::PKIBody;
using Status = IssuedCertificate::Status;
using Words = std::vector<std::string>;

namespace {

Credential credential_of(World& world, std::string_view kind) {
  if (kind == "pbm") return world.secret_credential();
  if (kind == "pbmac1") return world.secret_credential({MacMethod::Kind::pbmac1, 500});
  return world.vendor_credential();
}

}  // namespace

TEST_CASE("R-11 ir, cr and p10cr are granted, confirmed by certConf or implicitly") {
  World world;
  const auto type = GENERATE(PKIBody::ir, PKIBody::cr, PKIBody::p10cr);
  const std::string kind = GENERATE("pbm", "pbmac1", "signature");
  const bool implicit = GENERATE(true, false);
  CAPTURE(type, kind, implicit);

  EnrollmentOptions options = world.options(credential_of(world, kind));
  options.type = type;
  options.implicit_confirm = implicit;
  const Octets public_key = copy_of(options.new_key->public_key());
  if (type == PKIBody::p10cr) options.certification_request = make_csr(*options.new_key, options.subject);
  Words seen;
  const Outcome outcome = world.run(std::move(options), &seen);

  CAPTURE(outcome.text);
  REQUIRE(outcome.success);
  CHECK(outcome.authenticated);
  CHECK(outcome.status == asn1::PKIStatus::accepted);
  const auto certificate = CertificateView::decode(outcome.certificate);
  REQUIRE(certificate);
  CHECK(same_octets(certificate->public_key(), public_key));
  CHECK(asn1::name_text(certificate->subject()) == "/CN=device");
  CHECK(outcome.chain == std::vector<Octets>{world.ca.certificate});  // P-07
  CHECK(world.status_of(outcome.certificate) == Status::valid);
  const std::string request{name_of(type)}, response = type == PKIBody::ir ? "ip" : "cp";
  CHECK(seen == (implicit ? Words{request, response} : Words{request, response, "certConf", "pkiconf"}));
}

TEST_CASE("K-01 a kur signed with the old certificate gives a new one for the same name") {
  World world;
  EnrollmentOptions first = world.options(world.secret_credential());
  asn1::Extensions extensions;
  asn1::GeneralNames dns(1);
  dns[0].value.emplace<asn1::GeneralName::dNSName>(asn1::IA5String{"device.example"});
  const Octets dns_der = asn1::encode(dns);
  extensions.push_back({asn1::id_ce_subjectAltName, false, dns_der});
  first.extensions = asn1::encode(extensions);
  const auto key = first.new_key;
  const Outcome enrolled = world.run(std::move(first));
  REQUIRE(enrolled.success);

  EnrollmentOptions update =
      world.options(SignatureCredential{key, {enrolled.certificate}});  // OpenSSL sends no chain either
  update.type = PKIBody::kur;
  update.subject.clear();
  update.implicit_confirm = GENERATE(true, false);
  const Outcome updated = world.run(std::move(update));
  CAPTURE(updated.text);
  REQUIRE(updated.success);
  const auto certificate = CertificateView::decode(updated.certificate);
  CHECK(asn1::name_text(certificate->subject()) == "/CN=device");
  REQUIRE(certificate->extension(asn1::id_ce_subjectAltName) != nullptr);
  CHECK(same_octets(certificate->extension(asn1::id_ce_subjectAltName)->extnValue, dns_der));
  CHECK(updated.certificate != enrolled.certificate);
}

TEST_CASE("C-04 a certificate whose signature names no hash is confirmed with hashAlg and pvno 3") {
  World world("ml-dsa-44");
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.implicit_confirm = false;
  auto enrollment = Enrollment::create(std::move(options), world.environment()).value();
  const Reply granted = world.responder->respond(*enrollment.start().send);
  const Output confirmation = enrollment.receive(granted.octets);
  REQUIRE(confirmation.send);
  const auto message = asn1::decode<asn1::PKIMessage>(*confirmation.send);
  REQUIRE(message);
  CHECK(message->header.pvno == asn1::Pvno::cmp2021);  // H-02
  CHECK(message->body.get<PKIBody::certConf>()->front().hashAlg->algorithm == asn1::id_sha256);
  const Reply confirmed = world.responder->respond(*confirmation.send);
  CHECK(asn1::decode<asn1::PKIMessage>(confirmed.octets)->header.pvno == asn1::Pvno::cmp2021);  // H-07
  const Output done = enrollment.receive(confirmed.octets);
  REQUIRE(done.done);
  CHECK(done.done->success);
}

TEST_CASE("E-02 a certificate that is not believed is rejected by certConf, and the CA revokes it") {
  World world;
  World stranger;
  EnrollmentOptions options = world.options(world.vendor_credential());
  options.certificate_trust = stranger.devices.get();
  options.implicit_confirm = false;
  Words seen;
  const Outcome outcome = world.run(std::move(options), &seen);
  CHECK_FALSE(outcome.success);
  REQUIRE(outcome.refusal);
  CHECK(outcome.refusal->rule->id == "R-16");
  CHECK(seen == Words{"ir", "ip", "certConf", "pkiconf"});
  CHECK(world.status_of(outcome.certificate) == Status::rejected);
}

TEST_CASE("V-34 a wrong secret is refused, and the client says so") {
  World world;
  SecretCredential wrong = world.secret_credential();
  wrong.secret = octets("guessed");
  EnrollmentOptions options = world.options(wrong);
  auto enrollment = Enrollment::create(std::move(options), world.environment()).value();
  const Reply reply = world.responder->respond(*enrollment.start().send);
  REQUIRE(reply.refusal);
  CHECK(reply.refusal->rule->id == "V-34");
  CHECK(reply.requester.empty());
  const Output output = enrollment.receive(reply.octets);
  REQUIRE(output.done);
  CHECK_FALSE(output.done->success);
  CHECK(output.done->authenticated);  // E-13: the error is signed, and the client has the anchor to check it
  CHECK(output.done->fail_info == asn1::PKIFailureInfo::badMessageCheck);
}

TEST_CASE("V-35 a device of an unknown vendor is refused with a signed error that it can check") {
  World world;
  World stranger;
  EnrollmentOptions options = world.options(stranger.vendor_credential());
  const Outcome outcome = world.run(std::move(options));
  CHECK_FALSE(outcome.success);
  CHECK(outcome.authenticated);
  CHECK(outcome.fail_info == asn1::PKIFailureInfo::signerNotTrusted);
}

TEST_CASE("C-07 a certificate that is not confirmed in time counts as rejected") {
  World world;
  const Credential credential = world.vendor_credential();
  EnrollmentOptions options = world.options(credential);
  options.implicit_confirm = false;
  auto enrollment = Enrollment::create(std::move(options), world.environment()).value();
  const Reply granted = world.responder->respond(*enrollment.start().send);
  const Output confirmation = enrollment.receive(granted.octets);
  REQUIRE(confirmation.send);
  const auto certificate = copy_of(std::get<asn1::CMPCertificate>(asn1::decode<asn1::PKIMessage>(granted.octets)
                                                                      ->body.get<PKIBody::ip>()
                                                                      ->response[0]
                                                                      .certifiedKeyPair->certOrEncCert.value)
                                       .tlv);
  CHECK(world.status_of(certificate) == Status::unconfirmed);

  world.clock.advance(std::chrono::seconds{301});
  const bool noticed_before = GENERATE(true, false);
  if (noticed_before) CHECK(world.responder->expire() == 1);
  const Octets late = changed(*confirmation.send, credential, world,
                              [&](asn1::PKIMessage& m) { m.header.messageTime->value = world.clock.now(); });
  const Reply reply = world.responder->respond(late);
  REQUIRE(reply.refusal);
  CHECK(reply.refusal->rule->id == "C-07");
  const Output output = enrollment.receive(reply.octets);
  REQUIRE(output.done);
  CHECK_FALSE(output.done->success);
  CHECK(world.status_of(certificate) == Status::rejected);
}

TEST_CASE("a request that is sent again gets the same answer and no second certificate") {
  World world;
  auto enrollment = Enrollment::create(world.options(world.secret_credential()), world.environment()).value();
  const Output request = enrollment.start();
  const Reply first = world.responder->respond(*request.send);
  const Reply second = world.responder->respond(*request.send);
  CHECK(first.octets == second.octets);
  CHECK(second.response == "repeated");
}

TEST_CASE("configurations and options that cannot work are refused when they are given") {
  World world;
  ResponderConfiguration nobody = world.configuration();
  nobody.certificate_trust = nullptr;
  nobody.secrets = nullptr;
  CHECK_FALSE(Responder::create(nobody, *world.authority, *world.store, world.environment()));
  ResponderConfiguration wrong_key = world.configuration();
  wrong_key.protection.signer = world.new_signer();
  CHECK_FALSE(Responder::create(wrong_key, *world.authority, *world.store, world.environment()));

  EnrollmentOptions by_secret = world.options(world.secret_credential());
  by_secret.type = PKIBody::kur;
  CHECK_FALSE(Enrollment::create(by_secret, world.environment()));
  EnrollmentOptions no_trust = world.options(world.vendor_credential());
  no_trust.trust = nullptr;
  CHECK_FALSE(Enrollment::create(no_trust, world.environment()));
  EnrollmentOptions no_key = world.options(world.secret_credential());
  no_key.new_key = nullptr;
  CHECK_FALSE(Enrollment::create(no_key, world.environment()));
}
