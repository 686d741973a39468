// rr: who may revoke what, and what becomes of the certificate (RFC 9483 Sections 4.2 and 5.1.3).
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmpkit/asn1/oids.h"
#include "tests/cmp/support/caller.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using namespace cmpkit::cmp::test;
using asn1::CRLReason;
using asn1::PKIBody;
using asn1::PKIFailureInfo;
using Status = IssuedCertificate::Status;

namespace {

/// An rr; its octets live as long as this.
class Revocation {
 public:
  Revocation(const Device& device, std::optional<std::int64_t> reason) {
    const auto view = CertificateView::decode(device.certificate).value();
    details.certDetails.serialNumber = asn1::Integer{storage_.keep_copy(view.serial().octets)};
    details.certDetails.issuer = asn1::Name{storage_.keep_copy(view.issuer().tlv)};
    if (!reason) return;
    const CRLReason code{{*reason}};
    details.crlEntryDetails.emplace().push_back({asn1::id_ce_cRLReasons, false, storage_.keep(asn1::encode(code))});
  }
  [[nodiscard]] PKIBody body() const {
    PKIBody out;
    out.set<PKIBody::rr>().push_back(details);
    return out;
  }
  asn1::RevDetails details;

 private:
  asn1::Storage storage_;
};

/// A registration authority that the world's anchors vouch for, and the right to revoke for others.
SignatureCredential authority_of(World& world) {
  auto configuration = world.configuration();
  Permission others{.name = "RA", .who = Permission::Who::certificate, .operations = {PKIBody::rr}};
  others.on_behalf = true;
  configuration.permissions.insert(configuration.permissions.begin(), others);
  world.use(std::move(configuration));
  return world.vendor_credential("/CN=RA");
}

}  // namespace

TEST_CASE("X-01 X-02 a certificate is revoked with its own key, with the reason given") {
  World world;
  const Device device = enrolled(world);
  const auto reason =
      GENERATE(values<std::optional<std::int64_t>>({std::nullopt, CRLReason::keyCompromise, CRLReason::superseded}));
  Caller caller(world, device.credential(world));
  const auto before = world.store->revocations().value();
  const auto& answer = caller.send(Revocation(device, reason).body());
  REQUIRE(answer.body.type() == PKIBody::rp);
  CHECK(answer.body.get<PKIBody::rp>()->status.size() == 1);
  CHECK(status_in(answer).status == asn1::PKIStatus::accepted);
  CHECK_FALSE(status_in(answer).failInfo);
  const auto record = stored(world, device.certificate);
  CHECK(record.status == Status::revoked);
  CHECK(record.on_crl);
  CHECK(record.reason == reason.value_or(CRLReason::unspecified));
  CHECK(record.status_since == world.clock.now());
  CHECK(world.store->revocations().value() > before);
}

TEST_CASE("an rr whose answer was lost is answered the same again, and a second one is refused") {
  World world;
  const Device device = enrolled(world);
  Caller caller(world, device.credential(world));
  caller.send(Revocation(device, CRLReason::superseded).body());
  const Octets first = caller.reply.octets;
  caller.send_again();
  CHECK(caller.reply.octets == first);
  caller.start_over();
  check_refused(caller.send(Revocation(device, CRLReason::superseded).body()), PKIBody::error,
                PKIFailureInfo::certRevoked, "V-36");
}

TEST_CASE("V-36 a revoked certificate, or one on hold, begins nothing") {
  World world;
  const Device device = enrolled(world);
  const auto reason = GENERATE(CRLReason::keyCompromise, CRLReason::certificateHold);
  Caller caller(world, device.credential(world));
  caller.send(Revocation(device, reason).body());
  caller.start_over();
  const EnrollmentBody request(world, GENERATE(PKIBody::ir, PKIBody::cr, PKIBody::kur));
  check_refused(caller.send(request.body), PKIBody::error, PKIFailureInfo::certRevoked, "V-36");
}

TEST_CASE("X-05 a certificate on hold is released, or revoked for good") {
  World world;
  const Device device = enrolled(world);
  Caller caller(world, device.credential(world));
  const auto ask = [&](CRLReason::Value reason) -> const asn1::PKIMessage& {
    caller.start_over();
    return caller.send(Revocation(device, reason).body());
  };
  check_refused(ask(CRLReason::removeFromCRL), PKIBody::rp, PKIFailureInfo::badRequest, "X-05");
  CHECK(status_in(ask(CRLReason::certificateHold)).status == asn1::PKIStatus::accepted);
  CHECK(stored(world, device.certificate).status == Status::held);
  check_refused(ask(CRLReason::certificateHold), PKIBody::rp, PKIFailureInfo::certRevoked, "X-02");
  CHECK(status_in(ask(CRLReason::removeFromCRL)).status == asn1::PKIStatus::accepted);
  CHECK(stored(world, device.certificate).status == Status::valid);
  CHECK_FALSE(stored(world, device.certificate).on_crl);
  ask(CRLReason::certificateHold);
  CHECK(status_in(ask(CRLReason::keyCompromise)).status == asn1::PKIStatus::accepted);
  CHECK(stored(world, device.certificate).status == Status::revoked);
  CHECK(stored(world, device.certificate).reason == CRLReason::keyCompromise);
}

TEST_CASE("X-03 only who may revoke for others revokes what is not its own") {
  World world;
  const Device device = enrolled(world), other = enrolled(world, "/CN=other");
  Caller stranger(world, other.credential(world));
  check_refused(stranger.send(Revocation(device, 1).body()), PKIBody::rp, PKIFailureInfo::notAuthorized, "X-01");
  CHECK(stored(world, device.certificate).status == Status::valid);

  Caller authority(world, authority_of(world));
  CHECK(status_in(authority.send(Revocation(device, 1).body())).status == asn1::PKIStatus::accepted);
  CHECK(stored(world, device.certificate).status == Status::revoked);
  authority.start_over();
  check_refused(authority.send(Revocation(device, 1).body()), PKIBody::rp, PKIFailureInfo::certRevoked, "X-02");
}

TEST_CASE("X-02 an rr for what is no certificate of this CA is refused") {
  World world;
  const Device device = enrolled(world);
  Caller caller(world, device.credential(world));
  Revocation unknown(device, 1), foreign(device, 1), nothing(device, 1), reason(device, 7);
  constexpr std::uint8_t serial[] = {0x12, 0x34};
  unknown.details.certDetails.serialNumber = asn1::Integer{serial};
  const Octets somebody = name("/CN=another CA");
  foreign.details.certDetails.issuer = asn1::Name{somebody};
  nothing.details.certDetails = {};
  check_refused(caller.send(unknown.body()), PKIBody::rp, PKIFailureInfo::badCertId, "X-02");
  caller.start_over();
  check_refused(caller.send(foreign.body()), PKIBody::rp, PKIFailureInfo::badCertId, "X-02");
  caller.start_over();
  check_refused(caller.send(nothing.body()), PKIBody::rp, PKIFailureInfo::badCertId, "X-01");
  caller.start_over();
  CHECK(status_in(caller.send(reason.body())).status == asn1::PKIStatus::rejection);
  CHECK(stored(world, device.certificate).status == Status::valid);
}

TEST_CASE("X-02 a certificate that has expired is not revoked") {
  World world;
  const Device device = enrolled(world);
  Caller caller(world, authority_of(world));
  world.clock.advance(std::chrono::days{400});
  check_refused(caller.send(Revocation(device, 1).body()), PKIBody::rp, PKIFailureInfo::certRevoked, "X-02");
}

TEST_CASE("X-06 a certificate is found by its public key, where that is enough") {
  World world;
  const Device device = enrolled(world);
  Caller caller(world, device.credential(world));
  Revocation by_key(device, 1), contradiction(device, 1);
  const auto view = device.view();
  by_key.details.certDetails = {};
  by_key.details.certDetails.publicKey = view.asn1().tbsCertificate.subjectPublicKeyInfo;

  const Octets other = name("/CN=other");
  contradiction.details.certDetails.subject = asn1::Name{other};
  check_refused(caller.send(contradiction.body()), PKIBody::rp, PKIFailureInfo::badCertId, "X-02");
  caller.start_over();
  CHECK(status_in(caller.send(by_key.body())).status == asn1::PKIStatus::accepted);
}

TEST_CASE("X-01 an rr is signed, and asks for one revocation") {
  World world;
  const Device device = enrolled(world);
  Caller by_secret(world, world.secret_credential());
  check_refused(by_secret.send(Revocation(device, 1).body()), PKIBody::error, PKIFailureInfo::wrongIntegrity, "X-01");
  Caller caller(world, device.credential(world));
  PKIBody two = Revocation(device, 1).body();
  const Revocation again(device, 1);
  two.set<PKIBody::rr>() = {again.details, again.details};
  CHECK(status_in(caller.send(two)).status == asn1::PKIStatus::rejection);
  CHECK(stored(world, device.certificate).status == Status::valid);
}
