#include "tests/simulation/pki.h"

#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/ca_certificates.h"
#include "cmpkit/cmp/keys.h"
#include "tests/simulation/seeded_random.h"
#include "tests/support/certificate_builder.h"

namespace cmpkit::simulation {

namespace {

constexpr int device_key_count = 32;
constexpr int registration_authority_count = 2;

/// Ed25519, whose signatures take no randomness: PKCS #8 (RFC 8410 Section 7) around 32 octets.
std::shared_ptr<const cmp::Signer> key_of(std::uint8_t number) {
  Octets pkcs8 = {0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20};
  pkcs8.insert(pkcs8.end(), 32, number);
  return cmp::PrivateKey::load(pkcs8).value().signer().value();
}

}  // namespace

Pki::Pki() : ca_key(key_of(1)), cmp_key(key_of(2)) {
  const SimulatedClock clock;
  SeededRandom random(0);
  const cmp::Environment environment{clock, random, cmp::botan_crypto()};
  const cmp::CertificatePeriod period{clock.now() - std::chrono::days{1}, clock.now() + std::chrono::days{3650}};
  ca = cmp::make_root_certificate(asn1::parse_name("/CN=CA").value(), *ca_key, period, environment).value();
  cmp_signer = cmp::make_cmp_signer_certificate({ca, *ca_key}, asn1::parse_name("/CN=CMP").value(),
                                                cmp_key->public_key(), period, environment)
                   .value();
  trust = std::make_unique<cmp::TrustStore>(cmp::TrustStore::make(cmp::botan_crypto(), {ca}).value());
  for (int i = 0; i < registration_authority_count; ++i) {
    const auto issued = test::CertificateBuilder("/CN=RA " + std::to_string(i))
                            .key(key_of(static_cast<std::uint8_t>(3 + i)))
                            .valid(period.not_before, period.not_after)
                            .key_usage({asn1::KeyUsage::digitalSignature})
                            .purposes({asn1::id_kp_cmcRA})
                            .issued_by({ca, ca_key});
    registration_authorities.push_back({issued.signer, {issued.certificate, ca}});
  }
  for (int i = 0; i < device_key_count; ++i) device_keys.push_back(key_of(static_cast<std::uint8_t>(10 + i)));
}

}  // namespace cmpkit::simulation
