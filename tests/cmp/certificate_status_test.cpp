// A CA and certificates of others that were revoked (V-36, RFC 9483 Section 3.5). At an RA: registration/.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "tests/cmp/support/caller.h"
#include "tests/support/nesting.h"
#include "tests/support/told_status.h"

namespace cmpkit::cmp::test {
namespace {

using asn1::PKIBody;
using asn1::PKIFailureInfo;
using asn1::PKIMessage;
using State = CertificateStatus::State;

struct StatusWorld : World {
  StatusWorld() { use(status_configuration()); }
  [[nodiscard]] ResponderConfiguration status_configuration() const {
    ResponderConfiguration out = configuration();
    out.permissions.insert(out.permissions.begin(), ra_permission({PKIBody::ir}));
    out.status = &status;
    return out;
  }
  void say(const SignatureCredential& credential, State state) { status.states[credential.chain.front()] = state; }
  ToldStatus status;
};

TEST_CASE("V-36 who was revoked by a manufacturer gets no certificate of the CA") {
  StatusWorld world;
  const SignatureCredential own = world.vendor_credential();
  Caller caller(world, own);
  world.say(own, GENERATE(State::revoked, State::held));
  const EnrollmentBody request(world, PKIBody::ir);
  check_refused(caller.send(request.body), PKIBody::error, PKIFailureInfo::certRevoked, "V-36");
  CHECK(caller.reply.refusal->rule == &rules::V_36);
  world.say(own, State::good);
  CHECK(caller.send_again().body.type() == PKIBody::ip);
}

TEST_CASE("V-36 who is revoked between the answer and certConf confirms nothing at the CA") {
  StatusWorld world;
  const SignatureCredential own = world.vendor_credential();
  Caller caller(world, own);
  asn1::Storage storage;
  const PKIBody confirmation = confirming(caller.send(EnrollmentBody(world, PKIBody::ir).body), storage);
  const Octets certificate = copy_of(certificate_in(caller.answer()));
  world.say(own, State::revoked);
  check_refused(caller.send(confirmation), PKIBody::error, PKIFailureInfo::certRevoked, "V-36");
  CHECK(world.status_of(certificate) == IssuedCertificate::Status::unconfirmed);
}

TEST_CASE("V-36 a registration authority that is revoked sends a CA nothing of others") {
  StatusWorld world;
  const SignatureCredential ra = ra_credential(world), own = world.vendor_credential();
  const Octets request = Caller(world, own).message(EnrollmentBody(world, PKIBody::ir).body);
  const Octets nested = GENERATE(false, true) ? approving(world, ra, request) : batch_of(world, ra, {request});
  world.say(ra, GENERATE(State::revoked, State::held));
  check_refused(Caller(world, ra).send_octets(nested), PKIBody::error, PKIFailureInfo::certRevoked, "V-36");
  CHECK(world.status.asked == 1);
  world.say(ra, State::good);
  CHECK(Caller(world, ra).send_octets(nested).body.type() != PKIBody::error);
}

TEST_CASE("V-36 where the status is required the CA knows that of its own certificates by its store") {
  StatusWorld world;
  ResponderConfiguration configuration = world.status_configuration();
  configuration.require_status = true;
  world.use(configuration);
  const Device device = enrolled(world);
  const SignatureCredential own = device.credential(world), others = world.vendor_credential();
  world.say(own, State::unknown);
  world.say(others, State::unknown);
  CHECK(Caller(world, own).send(EnrollmentBody(world, PKIBody::cr).body).body.type() == PKIBody::cp);
  check_refused(Caller(world, others).send(EnrollmentBody(world, PKIBody::ir).body), PKIBody::error,
                PKIFailureInfo::systemUnavail, "V-36");
}

}  // namespace
}  // namespace cmpkit::cmp::test
