// What a key update does to the certificate that it updates (RFC 9483 Section 4.1.3).
#include <catch2/catch_test_macros.hpp>

#include "cmpkit/cmp/audit.h"
#include "tests/cmp/support/caller.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using namespace cmpkit::cmp::test;
using asn1::PKIBody;
using asn1::PKIFailureInfo;
using Status = IssuedCertificate::Status;

TEST_CASE("K-01 a key update that awaits its confirmation blocks another one, until its time is over") {
  World world;
  const Device device = enrolled(world), other = enrolled(world, "/CN=other");
  const EnrollmentBody first(world, PKIBody::kur), second(world, PKIBody::kur),
      others(world, PKIBody::kur, "/CN=other");
  Caller caller(world, device.credential(world));
  CHECK(caller.send(first.body).body.type() == PKIBody::kup);
  CHECK(status_in(caller.answer()).status == asn1::PKIStatus::accepted);

  Caller again(world, device.credential(world)), neighbour(world, other.credential(world));
  check_refused(again.send(second.body), PKIBody::kup, PKIFailureInfo::duplicateCertReq, "K-01");
  CHECK(status_in(neighbour.send(others.body)).status == asn1::PKIStatus::accepted);  // nobody else is blocked

  world.clock.advance(std::chrono::seconds{301});
  world.responder->expire();
  again.start_over();
  CHECK(status_in(again.send(second.body)).status == asn1::PKIStatus::accepted);
}

TEST_CASE("K-06 once its update is confirmed a certificate begins nothing more but its revocation") {
  World world;
  const Device device = enrolled(world);
  const EnrollmentBody update(world, PKIBody::kur), once_more(world, PKIBody::kur);
  Caller caller(world, device.credential(world));
  caller.send(update.body);
  asn1::Storage storage;
  CHECK(caller.send(confirming(caller.answer(), storage)).body.type() == PKIBody::pkiconf);
  CHECK(stored(world, device.certificate).status == Status::updated);
  caller.start_over();
  check_refused(caller.send(once_more.body), PKIBody::error, PKIFailureInfo::certRevoked, "K-06");
}

TEST_CASE("a key update that the client rejects leaves the old certificate as it was") {
  World world;
  const Device device = enrolled(world);
  const EnrollmentBody update(world, PKIBody::kur), retry(world, PKIBody::kur);
  Caller caller(world, device.credential(world));
  const Octets refused = copy_of(certificate_in(caller.send(update.body)));
  asn1::Storage storage;
  PKIBody rejecting = confirming(caller.answer(), storage);
  auto statuses = *rejecting.get<PKIBody::certConf>();
  statuses.front().statusInfo.emplace().status = asn1::PKIStatus::rejection;
  rejecting.set<PKIBody::certConf>() = statuses;
  CHECK(caller.send(rejecting).body.type() == PKIBody::pkiconf);
  CHECK(stored(world, refused).status == Status::rejected);
  CHECK(decode_audit_entry(world.store->audit(0, 100)->back().entry)->result == "rejected");
  CHECK(stored(world, refused).on_crl);  // C-07
  CHECK(stored(world, device.certificate).status == Status::valid);
  caller.start_over();
  CHECK(status_in(caller.send(retry.body)).status == asn1::PKIStatus::accepted);
}

TEST_CASE("C-07 a rejected certificate is not revoked where the configuration says so") {
  World world;
  auto configuration = world.configuration();
  configuration.revoke_rejected = false;
  world.use(std::move(configuration));
  const EnrollmentBody request(world, PKIBody::ir);
  Caller caller(world, world.secret_credential());
  const Octets certificate = copy_of(certificate_in(caller.send(request.body)));
  world.clock.advance(std::chrono::seconds{301});
  CHECK(world.responder->expire() == 1);
  CHECK(stored(world, certificate).status == Status::rejected);
  CHECK_FALSE(stored(world, certificate).on_crl);
}

TEST_CASE("V-36 a certificate that was never confirmed begins nothing") {
  World world;
  const EnrollmentBody request(world, PKIBody::ir), next(world, PKIBody::cr);
  Caller caller(world, world.secret_credential());
  const Device device{request.key, copy_of(certificate_in(caller.send(request.body)))};
  Caller early(world, device.credential(world));
  check_refused(early.send(next.body), PKIBody::error, PKIFailureInfo::certRevoked, "V-36");
}

TEST_CASE("E-01 an error from a client is answered by pkiConf, and rejects what awaits its confirmation") {
  World world;
  const EnrollmentBody request(world, PKIBody::ir);
  Caller caller(world, world.secret_credential());
  const Octets certificate = copy_of(certificate_in(caller.send(request.body)));
  PKIBody error;
  error.set<PKIBody::error>().pKIStatusInfo.status = asn1::PKIStatus::rejection;
  CHECK(caller.send(error).body.type() == PKIBody::pkiconf);
  CHECK(stored(world, certificate).status == Status::rejected);
  caller.start_over();
  CHECK(caller.send(error).body.type() == PKIBody::pkiconf);
}
