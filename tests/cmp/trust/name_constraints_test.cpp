#include <catch2/catch_test_macros.hpp>

#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"
#include "tests/cmp/trust/trust_world.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using test::CertificateBuilder;
using test::Issued;
using test::pool_of;
using test::trusting;
using test::validate;
using Reason = PathError::Reason;

namespace {

asn1::GeneralName dns(std::string_view name) {
  asn1::GeneralName out;
  out.value.emplace<asn1::GeneralName::dNSName>(asn1::IA5String{name});
  return out;
}

asn1::GeneralName address(Bytes octets) {
  asn1::GeneralName out;
  out.value.emplace<asn1::GeneralName::iPAddress>(octets);
  return out;
}

Octets permitted(const asn1::GeneralName& base) {
  asn1::NameConstraints constraints;
  constraints.permittedSubtrees.emplace().push_back({base, 0, std::nullopt});
  return asn1::encode(constraints);
}

Octets excluded(const asn1::GeneralName& base) {
  asn1::NameConstraints constraints;
  constraints.excludedSubtrees.emplace().push_back({base, 0, std::nullopt});
  return asn1::encode(constraints);
}

CertificateBuilder constrained(std::string name, const Octets& constraints) {
  return CertificateBuilder(std::move(name)).ca().extension(asn1::id_ce_nameConstraints, true, constraints);
}

Octets alternative_name(const asn1::GeneralName& name) { return asn1::encode(asn1::GeneralNames{name}); }

}  // namespace

TEST_CASE("nameConstraints on dNSName") {
  const auto root = constrained("/CN=Root", permitted(dns("example.org"))).self_signed();
  const auto store = trusting({&root});
  const auto below = [&](const char* name) { return CertificateBuilder("/CN=Device").dns_name(name).issued_by(root); };
  CHECK(validate(store, below("example.org")));
  CHECK(validate(store, below("a.example.org")));
  const auto refused = validate(store, below("example.com"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().reason == Reason::name_constraints);
  CHECK(refused.error().text == "certificate /CN=Device has a name that the nameConstraints of /CN=Root do not permit");
  CHECK_FALSE(validate(store, below("notexample.org")));
}

TEST_CASE("nameConstraints on directoryName, excluded") {
  const auto base = asn1::parse_name("/O=Other").value();
  const auto root = constrained("/CN=Root", excluded(asn1::GeneralName::of({base}))).self_signed();
  const auto store = trusting({&root});
  CHECK(validate(store, CertificateBuilder("/O=Example/CN=Device").issued_by(root)));
  CHECK(validate(store, CertificateBuilder("/O=Other/CN=Device").issued_by(root)).error().reason ==
        Reason::name_constraints);
}

TEST_CASE("nameConstraints on iPAddress") {
  const Octets subnet{10, 0, 0, 0, 255, 0, 0, 0}, inside{10, 1, 2, 3}, outside{11, 1, 2, 3};
  const auto root = constrained("/CN=Root", permitted(address(subnet))).self_signed();
  const auto store = trusting({&root});
  const auto below = [&](const Octets& octets) {
    return CertificateBuilder("/CN=Device")
        .extension(asn1::id_ce_subjectAltName, false, alternative_name(address(octets)))
        .issued_by(root);
  };
  CHECK(validate(store, below(inside)));
  CHECK(validate(store, below(outside)).error().reason == Reason::name_constraints);
}

TEST_CASE("nameConstraints bind all that stands below, remembered or not") {
  const auto root = constrained("/CN=Root", permitted(dns("example.org"))).self_signed();
  const auto issuing = CertificateBuilder("/CN=Issuing").ca().issued_by(root);
  const auto good = CertificateBuilder("/CN=Good").dns_name("a.example.org").issued_by(issuing);
  const auto bad = CertificateBuilder("/CN=Bad").dns_name("a.example.com").issued_by(issuing);
  const auto store = trusting({&root});
  CHECK(validate(store, good, pool_of({&issuing})));
  CHECK(validate(store, bad).error().reason == Reason::name_constraints);
}

TEST_CASE("nameConstraints pass over self-issued intermediates, not over the end entity") {
  const auto base = asn1::parse_name("/O=Example").value();
  const auto root = constrained("/CN=Root", permitted(asn1::GeneralName::of({base}))).self_signed();
  const auto renewed = CertificateBuilder("/CN=Root").ca().issued_by(root);
  const auto device = CertificateBuilder("/O=Example/CN=Device").issued_by(renewed);
  const auto store = trusting({&root});
  CHECK(validate(store, device, pool_of({&renewed})));
  CHECK(validate(trusting({&root}), renewed).error().reason == Reason::name_constraints);
}

TEST_CASE("critical nameConstraints of a form that is not understood permit no name of that form") {
  asn1::GeneralName other;
  other.value.emplace<asn1::GeneralName::registeredID>(asn1::oid<"1.2.3">);
  const auto root = constrained("/CN=Root", permitted(other)).self_signed();
  const auto device = CertificateBuilder("/CN=Device")
                          .extension(asn1::id_ce_subjectAltName, false, alternative_name(other))
                          .issued_by(root);
  CHECK(validate(trusting({&root}), device).error().reason == Reason::name_constraints);
}
