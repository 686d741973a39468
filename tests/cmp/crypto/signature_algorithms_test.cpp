#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmpkit/asn1/algorithms.h"
#include "cmpkit/cmp/keys.h"
#include "tests/cmp/crypto/algorithm.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using test::algorithm;
using test::null;
using Kind = CryptoError::Kind;

namespace {

Octets pss(const asn1::AlgorithmIdentifier& hash, const asn1::AlgorithmIdentifier& mask_hash, std::int64_t salt,
           std::int64_t trailer = 1, asn1::Oid mask = asn1::id_mgf1) {
  const auto mask_der = asn1::encode(mask_hash);
  asn1::RsassaPssParams parameters;
  parameters.hashAlgorithm = hash;
  parameters.maskGenAlgorithm = {mask, asn1::Any{mask_der}};
  parameters.saltLength = salt;
  parameters.trailerField = trailer;
  return asn1::encode(parameters);
}

CryptoResult<SignatureAlgorithm> read_pss(const Octets& parameters) {
  return signature_algorithm(*algorithm(asn1::id_RSASSA_PSS, parameters));
}

const asn1::AlgorithmIdentifier sha256 = identifier_of(Digest::sha256);
const asn1::AlgorithmIdentifier sha384 = identifier_of(Digest::sha384);

}  // namespace

TEST_CASE("V-33 signature algorithms have the parameters their RFC wants") {
  struct Row {
    asn1::Oid id;
    std::string_view parameters;
    bool right;
  };
  const auto row = GENERATE(values<Row>({
      {asn1::sha256WithRSAEncryption, null, true},
      {asn1::sha256WithRSAEncryption, "", true},
      {asn1::sha256WithRSAEncryption, "30 00", false},
      {asn1::sha384WithRSAEncryption, null, true},
      {asn1::sha512WithRSAEncryption, "02 01 00", false},
      {asn1::id_rsassa_pkcs1_v1_5_with_sha3_256, null, true},
      {asn1::id_rsassa_pkcs1_v1_5_with_sha3_512, "30 00", false},
      {asn1::ecdsa_with_SHA256, "", true},
      {asn1::ecdsa_with_SHA256, null, false},
      {asn1::ecdsa_with_SHA384, null, false},
      {asn1::ecdsa_with_SHA512, null, false},
      {asn1::id_ecdsa_with_sha3_256, "", true},
      {asn1::id_ecdsa_with_sha3_384, null, false},
      {asn1::id_ecdsa_with_shake128, null, false},
      {asn1::id_ecdsa_with_shake256, "", true},
      {asn1::id_Ed25519, "", true},
      {asn1::id_Ed25519, null, false},
      {asn1::id_Ed448, null, false},
      {asn1::id_ml_dsa_44, "", true},
      {asn1::id_ml_dsa_65, null, false},
      {asn1::id_ml_dsa_87, null, false},
      {asn1::id_slh_dsa_sha2_128s, "", true},
      {asn1::id_slh_dsa_shake_256f, null, false},
      {asn1::id_RSASSA_PSS, "", false},
      {asn1::id_RSASSA_PSS, null, false},
  }));
  CAPTURE(asn1::name_of(row.id), row.parameters);
  const auto read = signature_algorithm(*algorithm(row.id, row.parameters));
  CHECK(read.has_value() == row.right);
  if (read)
    CHECK(read->oid == row.id);
  else
    CHECK(read.error().kind == Kind::bad_parameters);
}

TEST_CASE("V-33 unknown, broken and forbidden signature algorithms are refused") {
  struct Row {
    asn1::Oid id;
    std::string_view parameters, text;
  };
  const auto row = GENERATE(values<Row>({
      {asn1::oid<"1.2.3.4">, "", "unknown signature algorithm 1.2.3.4"},
      {asn1::sha1WithRSAEncryption, null,
       "sha1WithRSAEncryption is refused: signatures over SHA-1 can be forged (RFC 9481 Section 7.1)"},
      {asn1::oid<"1.2.840.113549.1.1.4">, null,
       "md5WithRSAEncryption is refused: signatures over MD5 can be forged (RFC 9481 Section 7.1)"},
      {asn1::oid<"1.2.840.10045.4.1">, "",
       "ecdsa-with-SHA1 is refused: signatures over SHA-1 can be forged (RFC 9481 Section 7.1)"},
      // The DEFAULTs of RSASSA-PSS-params are SHA-1
      {asn1::id_RSASSA_PSS, "30 00",
       "RSASSA-PSS is refused: signatures over SHA-1 can be forged (RFC 9481 Section 7.1)"},
      {asn1::id_hash_ml_dsa_65_with_sha512, "", "unknown signature algorithm 2.16.840.1.101.3.4.3.33"},  // RFC 9881
      {asn1::id_PasswordBasedMac, null, "unknown signature algorithm 1.2.840.113533.7.66.13"},
      {asn1::rsaEncryption, null, "unknown signature algorithm 1.2.840.113549.1.1.1"},
  }));
  const auto read = signature_algorithm(*algorithm(row.id, row.parameters));
  REQUIRE_FALSE(read);
  CHECK(read.error().kind == Kind::unknown_algorithm);
  CHECK(read.error().text == row.text);
}

TEST_CASE("RSASSA-PSS parameters (RFC 4055 Section 3.1)") {
  const auto read = read_pss(pss(sha256, sha256, 32));
  REQUIRE(read);
  CHECK(read->digest == Digest::sha256);
  CHECK(read->salt_length == 32);
  CHECK(read_pss(pss(*algorithm(asn1::id_sha256, null), sha256, 0)));  // NULL and absent mean the same
  CHECK(read_pss(pss(sha384, *algorithm(asn1::id_sha384, null), 20)));

  const auto refused = [](const Octets& parameters) { return read_pss(parameters).error().kind; };
  CHECK(refused(pss(sha256, sha384, 32)) == Kind::bad_parameters);
  CHECK(refused(pss(sha256, sha256, -1)) == Kind::bad_parameters);
  CHECK(refused(pss(sha256, sha256, 100'000)) == Kind::bad_parameters);
  CHECK(refused(pss(sha256, sha256, 32, 2)) == Kind::bad_parameters);
  CHECK(refused(pss(sha256, sha256, 32, 1, asn1::id_sha256)) == Kind::bad_parameters);
  CHECK(refused(pss(identifier_of(Digest::shake256), identifier_of(Digest::shake256), 64)) == Kind::bad_parameters);
  CHECK(refused(pss(*algorithm(asn1::id_sha1), *algorithm(asn1::id_sha1), 20)) == Kind::unknown_algorithm);
  CHECK(refused(pss(*algorithm(asn1::oid<"1.2.3">), sha256, 20)) == Kind::unknown_algorithm);
}

TEST_CASE("V-33 a signature algorithm goes with keys of its kind only") {
  struct Row {
    asn1::Oid signature, key;
    std::string_view key_parameters;
    bool fits;
  };
  constexpr std::string_view p256 = "06 08 2A 86 48 CE 3D 03 01 07";
  const auto row = GENERATE_COPY(values<Row>({
      {asn1::ecdsa_with_SHA256, asn1::id_ecPublicKey, p256, true},
      {asn1::ecdsa_with_SHA256, asn1::rsaEncryption, null, false},
      {asn1::sha256WithRSAEncryption, asn1::rsaEncryption, null, true},
      {asn1::sha256WithRSAEncryption, asn1::id_ecPublicKey, p256, false},
      {asn1::id_Ed25519, asn1::id_Ed25519, "", true},
      {asn1::id_Ed25519, asn1::id_Ed448, "", false},
      {asn1::id_Ed25519, asn1::id_X25519, "", false},
      {asn1::id_ml_dsa_65, asn1::id_ml_dsa_65, "", true},
      {asn1::id_ml_dsa_65, asn1::id_ml_dsa_44, "", false},
      {asn1::id_slh_dsa_sha2_128s, asn1::id_slh_dsa_sha2_128f, "", false},
  }));
  CAPTURE(asn1::name_of(row.signature), asn1::name_of(row.key));
  const auto read = signature_algorithm(*algorithm(row.signature));
  const auto fits = fits_key(read.value(), *key_type(*algorithm(row.key, row.key_parameters)).value());
  CHECK(fits.has_value() == row.fits);
  if (!fits) CHECK(fits.error().kind == Kind::bad_parameters);
}

TEST_CASE("key types have the parameters their RFC wants") {
  struct Row {
    asn1::Oid id;
    std::string_view parameters;
    std::optional<Kind> refused;
  };
  const auto row = GENERATE(values<Row>({
      {asn1::rsaEncryption, null, std::nullopt},
      {asn1::rsaEncryption, "", std::nullopt},
      {asn1::rsaEncryption, "30 00", Kind::bad_parameters},
      {asn1::id_ecPublicKey, "06 08 2A 86 48 CE 3D 03 01 07", std::nullopt},
      {asn1::id_ecPublicKey, "", Kind::bad_parameters},
      {asn1::id_ecPublicKey, null, Kind::bad_parameters},                       // implicitCurve, RFC 5480 Section 2.1.1
      {asn1::id_ecPublicKey, "30 00", Kind::bad_parameters},                    // specifiedCurve
      {asn1::id_ecPublicKey, "06 05 2B 81 04 00 0A", Kind::unknown_algorithm},  // secp256k1
      {asn1::id_Ed25519, "", std::nullopt},
      {asn1::id_Ed25519, null, Kind::bad_parameters},
      {asn1::id_ml_dsa_44, null, Kind::bad_parameters},
      {asn1::id_RSASSA_PSS, "", Kind::unknown_algorithm},
      {asn1::oid<"1.2.3">, "", Kind::unknown_algorithm},
  }));
  CAPTURE(asn1::name_of(row.id), row.parameters);
  const auto type = key_type(*algorithm(row.id, row.parameters));
  CHECK(type.has_value() == !row.refused.has_value());
  if (!type) CHECK(type.error().kind == row.refused);
}

TEST_CASE("the names people give to key types") {
  for (const auto* name : {"ec:P-256", "P-256", "p-256", "prime256v1", "ec:prime256v1", "secp256r1"})
    CHECK(key_type_named(name)->name == "ec:P-256");
  CHECK(key_type_named("secp521r1")->name == "ec:P-521");
  CHECK(key_type_named("brainpoolP384r1")->name == "ec:brainpoolP384r1");
  CHECK(key_type_named("ED25519")->name == "ed25519");
  CHECK(key_type_named("ML-DSA-65")->name == "ml-dsa-65");
  CHECK(key_type_named("SLH-DSA-SHAKE-256f")->name == "slh-dsa-shake-256f");
  CHECK(key_type_named("P-257") == nullptr);
  CHECK(key_type_named("ec:ed25519x") == nullptr);
  CHECK(key_type_named("") == nullptr);
}
