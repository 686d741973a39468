// which trust anchors of an ip are taken.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "tests/support/certificate_builder.h"
#include "tests/support/scripted_server.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using namespace cmpkit::cmp::test;
using asn1::PKIBody;
using asn1::PKIMessage;

namespace {

struct Row {
  bool by_secret;
  CaPubs allowed;
  bool taken;
};

std::vector<Octets> taken(World& world, bool by_secret, CaPubs allowed, PKIBody::Type type,
                          const std::vector<Octets>& sent) {
  const Credential ours = by_secret ? Credential(world.secret_credential()) : world.vendor_credential();
  const Credential theirs = by_secret ? Credential(world.secret_credential()) : world.configuration().protection;
  EnrollmentOptions options = world.options(ours);
  options.type = type;
  options.ca_pubs = allowed;
  auto client = Enrollment::create(std::move(options), world.environment()).value();
  const Octets answer = world.responder->respond(*client.start().send).octets;
  const Output output = client.receive(changed(answer, theirs, world, [&](PKIMessage& m) {
    auto& content = type == PKIBody::ir ? std::get<PKIBody::ip>(m.body.value) : std::get<PKIBody::cp>(m.body.value);
    auto& anchors = content.caPubs.emplace();
    for (const Octets& anchor : sent) anchors.push_back({anchor});
  }));
  REQUIRE(output.done);
  REQUIRE(output.done->success);
  return output.done->ca_pubs;
}

}  // namespace

TEST_CASE("R-14 caPubs are taken from whom the caller says only") {
  World world;
  const Octets anchor = cmpkit::test::CertificateBuilder("/CN=Anchor").ca().self_signed().certificate;
  const Row row = GENERATE(values<Row>({{true, CaPubs::ignored, false},
                                        {true, CaPubs::if_by_secret, true},
                                        {true, CaPubs::if_signed, true},
                                        {false, CaPubs::ignored, false},
                                        {false, CaPubs::if_by_secret, false},
                                        {false, CaPubs::if_signed, true}}));
  CHECK(taken(world, row.by_secret, row.allowed, PKIBody::ir, {anchor}).empty() != row.taken);
}

TEST_CASE("R-14 the root that the protection of the message rests on is never taken from it") {
  World world;
  const Octets anchor = cmpkit::test::CertificateBuilder("/CN=Anchor").ca().self_signed().certificate;
  CHECK(taken(world, false, CaPubs::if_signed, PKIBody::ir, {world.root.certificate, anchor}) ==
        std::vector<Octets>{anchor});
  CHECK(taken(world, true, CaPubs::if_by_secret, PKIBody::ir, {world.root.certificate}).size() == 1);
}

TEST_CASE("R-13 caPubs in a cp are passed over") {
  World world;
  CHECK(taken(world, true, CaPubs::if_by_secret, PKIBody::cr, {world.root.certificate}).empty());
}
