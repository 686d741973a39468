// Our path validation beside Botan's, over the same paths: they agree but where the row says why not.
#include <botan/x509path.h>

#include <catch2/catch_test_macros.hpp>

#include "cmpkit/asn1/oids.h"
#include "tests/cmp/trust/trust_world.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using std::chrono::days;
using test::CertificateBuilder;
using test::Issued;
using test::noon;
using test::Pool;
using test::trusting;

namespace {

Botan::X509_Certificate botan(const Issued& issued) {
  return Botan::X509_Certificate(issued.certificate.data(), issued.certificate.size());
}

/// Anchor first, end entity last.
bool botan_accepts(const std::vector<Issued>& path, Time now) {
  try {
    Botan::Certificate_Store_In_Memory anchors(botan(path.front()));
    std::vector<Botan::X509_Certificate> certificates;
    for (auto at = path.rbegin(); at != path.rend(); ++at) certificates.push_back(botan(*at));
    return Botan::x509_path_validate(certificates, Botan::Path_Validation_Restrictions(), anchors, "",
                                     Botan::Usage_Type::UNSPECIFIED, now)
        .successful_validation();
  } catch (const Botan::Exception&) {
    return false;
  }
}

bool we_accept(const std::vector<Issued>& path, Time now) {
  Pool pool;
  for (const auto& issued : path) pool.push_back({issued.certificate});
  return test::validate(trusting({&path.front()}), path.back(), pool, now).has_value();
}

/// A path from builders, anchor first; each issues the next.
std::vector<Issued> path_of(const std::vector<CertificateBuilder>& builders) {
  std::vector<Issued> path{builders.front().self_signed()};
  for (std::size_t i = 1; i < builders.size(); ++i) path.push_back(builders[i].issued_by(path.back()));
  return path;
}

CertificateBuilder root() { return CertificateBuilder("/CN=Root").ca(); }
CertificateBuilder middle() { return CertificateBuilder("/CN=Middle").ca(); }
CertificateBuilder device() { return CertificateBuilder("/CN=Device"); }

}  // namespace

TEST_CASE("we and Botan agree about paths") {
  const Octets null{0x05, 0x00};
  const auto unknown = asn1::oid<"1.2.3.4">;
  struct Row {
    const char* name;
    std::vector<CertificateBuilder> path;
    bool valid;
    const char* botan_differs = nullptr;  // why
  };
  const std::vector<Row> rows{
      {"two", {root(), device()}, true},
      {"three", {root(), middle(), device()}, true},
      {"an anchor alone", {device()}, true},
      {"no CA", {root(), device(), device()}, false},
      {"no keyCertSign", {root(), middle().key_usage({asn1::KeyUsage::cRLSign}), device()}, false},
      {"CA without keyUsage", {root(), middle().without(asn1::id_ce_keyUsage), device()}, true},
      {"root without basicConstraints", {CertificateBuilder("/CN=Root"), device()}, false},
      {"pathLen 0, end entity", {root().ca(0), device()}, true},
      {"pathLen 0, CA", {root().ca(0), middle(), device()}, false},
      {"pathLen 0, CA as end entity", {root().ca(0), middle()}, true},
      {"pathLen 0, self-issued CA", {root().ca(0), root(), device()}, true},
      {"pathLen 1, 0", {root().ca(1), middle().ca(0), device()}, true},
      {"pathLen 0 in the middle", {root(), middle().ca(0), CertificateBuilder("/CN=Third").ca(), device()}, false},
      {"expired", {root(), device().valid(noon - days{2}, noon - days{1})}, false},
      {"not yet valid", {root(), device().valid(noon + days{1}, noon + days{2})}, false},
      {"expired middle", {root(), middle().valid(noon - days{2}, noon - days{1}), device()}, false},
      {"expired root", {root().valid(noon - days{2}, noon - days{1}), device()}, false},
      {"unknown critical", {root(), device().extension(unknown, true, null)}, false},
      {"unknown critical in the middle", {root(), middle().extension(unknown, true, null), device()}, false},
      {"unknown, not critical", {root(), device().extension(unknown, false, null)}, true},
      {"critical extKeyUsage",
       {root(),
        device().extension(asn1::id_ce_extKeyUsage, true, asn1::encode(asn1::ExtKeyUsageSyntax{asn1::id_kp_cmcRA}))},
       true},
      {"RSA, ML-DSA, Ed25519", {root().key("rsa:2048"), middle().key("ml-dsa-65"), device().key("ed25519")}, true},
      {"brainpool, P-521", {root().key("ec:brainpoolP384r1"), middle().key("ec:P-521"), device().key("ed448")}, true},
      {"cmcCA in the middle",
       {root(), middle().purposes({asn1::id_kp_cmcCA}), device()},
       true,
       "Botan takes a CA certificate with extKeyUsage for a CA only where it names TLS or OCSP"},
      {"keyCertSign without cA",
       {root(), device().key_usage({asn1::KeyUsage::digitalSignature, asn1::KeyUsage::keyCertSign})},
       true,
       "Botan checks that the CA kept to RFC 5280 Section 4.2.1.9; Section 6.1 does not ask for it"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const auto path = path_of(row.path);
    CHECK(we_accept(path, noon) == row.valid);
    CHECK(botan_accepts(path, noon) == (row.valid != (row.botan_differs != nullptr)));
  }
}
