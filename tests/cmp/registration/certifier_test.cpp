// In front of a CA that knows PKCS #10 only.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmpkit/asn1/oids.h"
#include "cmpkit/asn1/pkcs10.h"
#include "cmpkit/cmp/certifier.h"
#include "cmpkit/cmp/revocation.h"
#include "tests/cmp/support/caller.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using namespace cmpkit::cmp::test;
using asn1::PKIBody;
using asn1::PKIFailureInfo;
using asn1::PKIStatus;

namespace {

/// A CA that takes PKCS #10 requests, and remembers them.
struct CertifierWorld : World {
  explicit CertifierWorld(bool revokes = false) {
    CertifierAuthorityOptions options;
    options.issuer = ca.certificate;
    options.signer = cmp_signer.signer;
    options.certifier = [this](const CertifierRequest& request, Time) -> CertifierDecision {
      asked.push_back(request);
      asked.back().public_key = {};  // a view
      if (decision) return *decision;
      return CertifierGranted{certify(request, ca, this->ca.signer), {}};
    };
    if (revokes)
      options.revoke = [this](const RevocationRequest&, Time) -> RevocationDecision {
        ++revocations;
        return Revoked{};
      };
    certifier = certifier_authority(std::move(options), environment()).value();
    responder = Responder::create(configuration(), *certifier, *store, environment()).value();
  }

  /// What the CA makes of a request: by this issuer's name, signed with this key.
  Octets certify(const CertifierRequest& request, const Identity& issuer, const std::shared_ptr<const Signer>& key) {
    const auto csr = asn1::decode<asn1::CertificationRequest>(request.certification_request).value();
    const Octets public_key = asn1::encode(csr.certificationRequestInfo.subjectPKInfo);
    const Octets subject = other_subject.value_or(copy_of(csr.certificationRequestInfo.subject.tlv));
    return make_cmp_signer_certificate({issuer.certificate, *key}, subject,
                                       other_key ? other_key->public_key() : public_key,
                                       {clock.now(), clock.now() + std::chrono::hours{1}}, environment())
        .value();
  }

  std::vector<CertifierRequest> asked;
  std::optional<CertifierDecision> decision;
  std::optional<Octets> other_subject;
  std::shared_ptr<const Signer> other_key;
  std::unique_ptr<Authority> certifier;
  int revocations = 0;
};

bool is_signed_by(const CertifierRequest& request, const Signer& key) {
  const auto csr = asn1::decode<asn1::CertificationRequest>(request.certification_request).value();
  const Bytes message[] = {csr.certificationRequestInfo.octets};
  return botan_crypto().verify(csr.signatureAlgorithm, key.public_key(), message, csr.signature.octets).has_value();
}

}  // namespace

TEST_CASE("A-50 what is asked for in CRMF becomes a PKCS #10 for the device's key, signed by the RA") {
  CertifierWorld world;
  EnrollmentOptions options = world.options(world.vendor_credential());
  const auto key = options.new_key;
  asn1::GeneralNames names;
  names.emplace_back().value.emplace<asn1::GeneralName::dNSName>().text = "device.example";
  const Octets alt_name = asn1::encode(names);
  options.extensions = asn1::encode(asn1::Extensions{{asn1::id_ce_subjectAltName, false, alt_name}});
  const Outcome outcome = world.run(std::move(options));
  CHECK_FALSE(outcome.certificate.empty());
  CHECK(outcome.status == PKIStatus::grantedWithMods);  // this CA leaves the name out

  REQUIRE(world.asked.size() == 1);
  const CertifierRequest& request = world.asked.front();
  CHECK_FALSE(request.signed_by_device);
  CHECK(is_signed_by(request, *world.cmp_signer.signer));
  const auto csr = asn1::decode<asn1::CertificationRequest>(request.certification_request).value();
  const auto& info = csr.certificationRequestInfo;
  CHECK(asn1::name_text(info.subject) == "/CN=device");
  CHECK(same_octets(asn1::encode(info.subjectPKInfo), key->public_key()));
  REQUIRE(info.attributes.size() == 1);
  CHECK(info.attributes.front().type == asn1::id_extensionRequest);
  const auto extensions = asn1::decode<asn1::Extensions>(info.attributes.front().values.front().tlv).value();
  REQUIRE(extensions.size() == 1);
  CHECK(same_octets(extensions.front().extnValue, alt_name));
  CHECK(request.id.size() == 32);
}

TEST_CASE("a device gets its certificate and confirms it, and may have it renewed") {
  CertifierWorld world;
  EnrollmentOptions options = world.options(world.vendor_credential());
  Device device{options.new_key, {}};
  const Outcome outcome = world.run(std::move(options));
  REQUIRE(outcome.success);
  CHECK(outcome.status == PKIStatus::accepted);
  CHECK(world.status_of(outcome.certificate) == IssuedCertificate::Status::valid);
  device.certificate = outcome.certificate;
  EnrollmentOptions update = world.options(device.credential(world));
  update.type = PKIBody::kur;
  update.subject.clear();
  CHECK(world.run(std::move(update)).success);
}

TEST_CASE("N-04 a PKCS #10 goes to the CA as it came, unless something was changed") {
  CertifierWorld world;
  const EnrollmentBody request(world, PKIBody::p10cr);
  Caller caller(world, world.vendor_credential());
  const bool mapped = GENERATE(false, true);
  if (mapped) {
    auto configuration = world.configuration();
    configuration.permissions.front().subject = {SubjectRule::Kind::pattern, "/O=Operator/CN={CN}"};
    world.responder = Responder::create(configuration, *world.certifier, *world.store, world.environment()).value();
  }
  const auto& answer = caller.send(request.body);
  CHECK(status_in(answer).status == (mapped ? PKIStatus::grantedWithMods : PKIStatus::accepted));
  REQUIRE(world.asked.size() == 1);
  CHECK(world.asked.front().signed_by_device == !mapped);
  CHECK(is_signed_by(world.asked.front(), mapped ? *world.cmp_signer.signer : *request.key));
  if (!mapped) CHECK(world.asked.front().certification_request == asn1::encode(*request.body.get<PKIBody::p10cr>()));
}

TEST_CASE("while the CA decides the client polls, and the same is asked again") {
  CertifierWorld world;
  world.decision = Waiting{std::chrono::seconds{9}, "the CA is asked by post"};
  const EnrollmentBody request(world, PKIBody::ir);
  Caller caller(world, world.vendor_credential());
  CHECK(status_in(caller.send(request.body)).status == PKIStatus::waiting);
  world.decision.reset();
  PKIBody poll;
  poll.set<PKIBody::pollReq>().push_back({0});
  CHECK(status_in(caller.send(poll)).status == PKIStatus::accepted);
  REQUIRE(world.asked.size() == 2);
  CHECK(world.asked[0].id == world.asked[1].id);
  caller.start_over();
  caller.send(request.body);
  CHECK(world.asked[2].id != world.asked[0].id);
}

TEST_CASE("what the CA refuses is refused with its words") {
  CertifierWorld world;
  world.decision = refused(rules::R_09, "body", "we know nobody of this name");
  const Outcome outcome = world.run(world.options(world.vendor_credential()));
  CHECK(outcome.server_text.find("we know nobody of this name") != std::string::npos);
}

TEST_CASE("R-09 what the CA gives is granted only if it is a certificate for this key by this CA") {
  CertifierWorld world;
  const EnrollmentBody request(world, PKIBody::ir);
  Caller caller(world, world.vendor_credential());
  std::string cause;
  SECTION("no certificate") {
    world.decision = CertifierGranted{octets("sorry"), {}};
    cause = "is no certificate";
  }
  SECTION("another key") {
    world.other_key = world.new_signer();
    cause = "another key";
  }
  SECTION("another CA") {
    world.ca = world.root;
    cause = "/O=Operator/CN=Root";
  }
  SECTION("signed by somebody else") {
    world.ca.signer = world.new_signer();
    cause = "signature";
  }
  const auto& answer = caller.send(request.body);
  check_refused(answer, PKIBody::ip, PKIFailureInfo::systemFailure, "E-30");
  REQUIRE(caller.reply.refusal);
  CHECK(caller.reply.refusal->cause.find(cause) != std::string::npos);
  CHECK(status_in(answer).statusString->front().text.find(cause) == std::string_view::npos);
}

TEST_CASE("R-10 the client is told what the CA decided otherwise") {
  CertifierWorld world;
  world.other_subject = name("/CN=another");
  const EnrollmentBody request(world, PKIBody::ir);
  Caller caller(world, world.vendor_credential());
  const auto& status = status_in(caller.send(request.body));
  CHECK(status.status == PKIStatus::grantedWithMods);
  REQUIRE(status.statusString);
  CHECK(status.statusString->front().text.find("subject") != std::string_view::npos);
}

TEST_CASE("X-02 a CA is told of a revocation where it takes them, else it is refused") {
  const bool revokes = GENERATE(true, false);
  CertifierWorld world(revokes);
  const Device device = enrolled(world);
  RevocationOptions options;
  options.credential = device.credential(world);
  options.trust = world.devices.get();
  auto revocation = Revocation::create(std::move(options), world.environment()).value();
  const Outcome outcome = world.run(revocation);
  CHECK(outcome.success == revokes);
  CHECK(world.revocations == (revokes ? 1 : 0));
  const bool revoked = world.status_of(device.certificate) == IssuedCertificate::Status::revoked;
  CHECK(revoked == revokes);
}

TEST_CASE("a certifier without what it needs is refused when it is given") {
  World world;
  const auto function = [](const CertifierRequest&, Time) -> CertifierDecision { return Waiting{}; };
  CHECK_FALSE(certifier_authority({octets("x"), world.ca.signer, function, {}}, world.environment()));
  CHECK_FALSE(certifier_authority({world.ca.certificate, nullptr, function, {}}, world.environment()));
  CHECK_FALSE(certifier_authority({world.ca.certificate, world.ca.signer, {}, {}}, world.environment()));
  CHECK(certifier_authority({world.ca.certificate, world.ca.signer, function, {}}, world.environment()));
}
