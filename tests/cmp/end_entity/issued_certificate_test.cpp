// How the certificate differs from what was asked, and what becomes of it (R-10, R-16, ST-2).
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmpkit/asn1/oids.h"
#include "tests/support/certificate_builder.h"
#include "tests/support/scripted_server.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using namespace cmpkit::cmp::test;
using asn1::PKIBody;
using asn1::PKIStatus;
using cmpkit::test::CertificateBuilder;

namespace {

Octets dns(std::string_view host) {
  asn1::GeneralNames names(1);
  names[0].value.emplace<asn1::GeneralName::dNSName>(asn1::IA5String{host});
  return asn1::encode(names);
}

/// A client that asks for /CN=device with a DNS name, and the certificate that it gets.
struct Issue {
  Output told(CertificateBuilder builder, PKIStatus status) {
    const Octets names = dns("device.example");
    asn1::Extensions extensions;
    extensions.push_back({asn1::id_ce_subjectAltName, false, names});
    options.extensions = asn1::encode(extensions);
    const Octets certificate =
        builder.key(options.new_key).issued_by({world.ca.certificate, world.ca.signer}).certificate;
    client.emplace(Enrollment::create(options, world.environment()).value());
    PKIBody body;
    auto& response = body.set<PKIBody::ip>().response.emplace_back();
    response.status.status = status;
    response.certifiedKeyPair.emplace().certOrEncCert.value.emplace<0>().tlv = certificate;
    return client->receive(ScriptedServer(world).answer(*client->start().send, body));
  }
  World world;
  EnrollmentOptions options = world.options(world.vendor_credential());
  std::optional<Enrollment> client;
};

asn1::CertStatus confirmed(const Output& output) {
  const auto message = sent(output);
  REQUIRE(message.body.type() == PKIBody::certConf);
  return message.body.get<PKIBody::certConf>()->front();
}

}  // namespace

TEST_CASE("R-10 what differs from the request is told, and taken unless the caller says otherwise") {
  Issue issue;
  issue.options.accept_modifications = GENERATE(true, false);
  const Output output =
      issue.told(CertificateBuilder("/CN=renamed").dns_name("other.example"), PKIStatus::grantedWithMods);
  CHECK(confirmed(output).statusInfo->status ==
        (issue.options.accept_modifications ? PKIStatus::accepted : PKIStatus::rejection));
  PKIBody done;
  done.set<PKIBody::pkiconf>();
  const Outcome outcome = issue.client->receive(ScriptedServer(issue.world).answer(*output.send, done)).done.value();
  CHECK(outcome.success == issue.options.accept_modifications);
  CHECK(outcome.status == PKIStatus::grantedWithMods);
  CHECK(outcome.modifications == std::vector<std::string>{"the subject is /CN=renamed instead of /CN=device",
                                                          "id-ce-subjectAltName has another value"});
}

TEST_CASE("R-16 accepted means the subject asked for") {
  Issue issue;
  const Output output = issue.told(CertificateBuilder("/CN=renamed").dns_name("device.example"), PKIStatus::accepted);
  CHECK(confirmed(output).statusInfo->status == PKIStatus::rejection);
}

TEST_CASE("a certificate as asked has no modifications; what is missing is one") {
  Issue issue;
  const bool with_name = GENERATE(true, false);
  CertificateBuilder builder("/CN=device");
  if (with_name) builder.dns_name("device.example");
  const Output output = issue.told(builder, PKIStatus::accepted);
  CHECK(confirmed(output).statusInfo->status == PKIStatus::accepted);
  PKIBody done;
  done.set<PKIBody::pkiconf>();
  const Outcome outcome = issue.client->receive(ScriptedServer(issue.world).answer(*output.send, done)).done.value();
  CHECK(outcome.modifications ==
        (with_name ? std::vector<std::string>{} : std::vector<std::string>{"id-ce-subjectAltName is missing"}));
}

TEST_CASE("E-12 a certificate that is accepted comes without failInfo") {
  Issue issue;
  issue.told(CertificateBuilder("/CN=device").dns_name("device.example"), PKIStatus::accepted);
  auto client = Enrollment::create(issue.options, issue.world.environment()).value();
  const Output request = client.start();
  const Octets answer = issue.world.responder->respond(*request.send).octets;
  const Octets contradictory =
      changed(answer, SignatureCredential(issue.world.configuration().protection), issue.world, [](auto& m) {
        std::get<PKIBody::ip>(m.body.value).response[0].status.failInfo.emplace().set(asn1::PKIFailureInfo::badPOP);
      });
  const Outcome outcome = client.receive(contradictory).done.value();
  CHECK_FALSE(outcome.success);
  CHECK(outcome.refusal->rule->id == "E-12");
}
