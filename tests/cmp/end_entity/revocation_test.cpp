// The client side of rr (RFC 9483 Section 4.2).
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/revocation.h"
#include "tests/support/scripted_server.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using namespace cmpkit::cmp::test;
using asn1::PKIBody;
using asn1::PKIFailureInfo;
using asn1::PKIStatus;

namespace {

/// A device of the CA that wants its certificate revoked.
struct Holder {
  Holder() {
    EnrollmentOptions enrolment = world.options(world.secret_credential());
    const auto key = enrolment.new_key;
    certificate = world.run(std::move(enrolment)).certificate;
    options.credential = SignatureCredential{key, {certificate, world.ca.certificate}};
    options.trust = world.devices.get();
    options.recipient = name("/O=Operator/CN=Issuing CA");
  }
  Outcome told(const PKIBody& body) {
    auto client = Revocation::create(options, world.environment()).value();
    return client.receive(ScriptedServer(world).answer(*client.start().send, body)).done.value();
  }
  World world;
  Octets certificate;
  RevocationOptions options;
};

}  // namespace

TEST_CASE("X-01 an rr names issuer and serial number and one reason, and revokes the certificate") {
  Holder holder;
  holder.options.reason = GENERATE(asn1::CRLReason::unspecified, asn1::CRLReason::keyCompromise);
  auto client = Revocation::create(holder.options, holder.world.environment()).value();
  const Output request = client.start();
  const auto message = sent(request);
  const auto& details = *message.body.get<PKIBody::rr>();
  REQUIRE(details.size() == 1);
  const auto certificate = CertificateView::decode(holder.certificate).value();
  CHECK(asn1::same_name(*details[0].certDetails.issuer, certificate.issuer()));
  CHECK(*details[0].certDetails.serialNumber == certificate.serial());
  REQUIRE(details[0].crlEntryDetails);
  REQUIRE(details[0].crlEntryDetails->size() == 1);
  const auto& reason = details[0].crlEntryDetails->front();
  CHECK(reason.extnID == asn1::id_ce_cRLReasons);
  CHECK(asn1::decode<asn1::CRLReason>(reason.extnValue)->value == holder.options.reason);

  const Output output = client.receive(holder.world.responder->respond(*request.send).octets);
  REQUIRE(output.done);
  CAPTURE(output.done->text);
  CHECK(output.done->success);
  CHECK(output.done->authenticated);
  CHECK(holder.world.status_of(holder.certificate) == IssuedCertificate::Status::revoked);
}

TEST_CASE("X-02 the answer has one status, accepted or rejection, and names our certificate if any") {
  Holder holder;
  const auto two = [] {
    PKIBody body = revoked(PKIStatus::accepted);
    std::get<PKIBody::rp>(body.value).status.push_back({});
    return body;
  };
  const auto naming = [&](const asn1::Integer& serial, const asn1::Name& issuer) {
    PKIBody body = revoked(PKIStatus::accepted);
    std::get<PKIBody::rp>(body.value).revCerts.emplace().push_back({asn1::GeneralName::of(issuer), serial});
    return body;
  };
  const auto certificate = CertificateView::decode(holder.certificate).value();
  const std::uint8_t other[] = {1};
  for (const PKIBody& body :
       {two(), revoked(PKIStatus::grantedWithMods), revoked(PKIStatus::waiting), revoked(PKIStatus{9}),
        naming({other}, certificate.issuer()), naming(certificate.serial(), certificate.subject())}) {
    const Outcome outcome = holder.told(body);
    CHECK_FALSE(outcome.success);
    REQUIRE(outcome.refusal);
    CHECK(outcome.refusal->rule->id == "X-02");
  }
  CHECK(holder.told(revoked(PKIStatus::accepted)).success);
  CHECK(holder.told(naming(certificate.serial(), certificate.issuer())).success);
}

TEST_CASE("E-12 a refused revocation says why, and an accepted one has no failInfo") {
  Holder holder;
  PKIBody body = revoked(PKIStatus::rejection);
  auto& status = std::get<PKIBody::rp>(body.value).status.front();
  status.failInfo.emplace().set(PKIFailureInfo::certRevoked);
  const Outcome refused = holder.told(body);
  CHECK_FALSE(refused.success);
  CHECK_FALSE(refused.refusal);
  CHECK(refused.authenticated);
  CHECK(refused.fail_info == PKIFailureInfo::certRevoked);

  status.status = PKIStatus::accepted;
  const Outcome contradictory = holder.told(body);
  CHECK_FALSE(contradictory.success);
  CHECK(contradictory.refusal->rule->id == "E-12");
}

TEST_CASE("a certificate of another is named by itself, or by issuer and serial number") {
  Holder holder;
  const auto certificate = CertificateView::decode(holder.certificate).value();
  RevocationOptions by_certificate;
  by_certificate.credential = holder.world.vendor_credential();
  by_certificate.trust = holder.world.devices.get();
  RevocationOptions by_number = by_certificate;
  by_certificate.certificate = holder.certificate;
  by_number.issuer = copy_of(certificate.issuer().tlv);
  by_number.serial = copy_of(certificate.serial().octets);
  for (const RevocationOptions& options : {by_certificate, by_number}) {
    auto client = Revocation::create(options, holder.world.environment()).value();
    const Output output = client.start();
    const auto message = sent(output);
    CHECK(*message.body.get<PKIBody::rr>()->front().certDetails.serialNumber == certificate.serial());
  }
}

TEST_CASE("revocations that name no certificate are refused when they are made") {
  World world;
  RevocationOptions by_secret;
  by_secret.credential = world.secret_credential();
  CHECK_FALSE(Revocation::create(by_secret, world.environment()));
  by_secret.certificate = octets("no certificate");
  CHECK_FALSE(Revocation::create(by_secret, world.environment()));
  RevocationOptions no_serial;
  no_serial.credential = world.vendor_credential();
  no_serial.trust = world.devices.get();
  no_serial.issuer = name("/CN=CA");
  CHECK_FALSE(Revocation::create(no_serial, world.environment()));
  no_serial.certificate = world.ca.certificate;
  no_serial.serial = {1};
  CHECK_FALSE(Revocation::create(no_serial, world.environment()));
}
