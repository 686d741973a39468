#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "tests/cmp/crypto/algorithm.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using test::algorithm;
using test::null;
using Kind = CryptoError::Kind;

TEST_CASE("C-03 certHash follows the signatureAlgorithm of the certificate") {
  struct Row {
    asn1::Oid id;
    std::string_view parameters;
    std::optional<Digest> digest;  // none: hashAlg is needed
  };
  const auto row = GENERATE(values<Row>({
      {asn1::ecdsa_with_SHA256, "", Digest::sha256},
      {asn1::ecdsa_with_SHA384, "", Digest::sha384},
      {asn1::ecdsa_with_SHA512, "", Digest::sha512},
      {asn1::id_ecdsa_with_sha3_256, "", Digest::sha3_256},
      {asn1::id_ecdsa_with_shake128, "", Digest::shake128},  // 256 bits, RFC 9481 Section 2.2
      {asn1::id_ecdsa_with_shake256, "", Digest::shake256},  // 512 bits
      {asn1::sha256WithRSAEncryption, null, Digest::sha256},
      {asn1::sha512WithRSAEncryption, null, Digest::sha512},
      {asn1::id_Ed25519, "", Digest::sha512},  // RFC 9481 Section 3.3
      {asn1::id_Ed448, "", Digest::shake256},  // with 512 bits of output
      {asn1::id_ml_dsa_44, "", std::nullopt},  // C-04
      {asn1::id_ml_dsa_87, "", std::nullopt},
      {asn1::id_slh_dsa_sha2_256s, "", std::nullopt},
      // RSASSA-PSS with SHA-384, MGF1 with SHA-384, salt 48
      {asn1::id_RSASSA_PSS,
       "30 30 A0 0D 30 0B 06 09 60 86 48 01 65 03 04 02 02 A1 1A 30 18 06 09 2A 86 48 86 F7 0D 01 01 08 30 0B 06 09 60 "
       "86 48 01 65 03 04 02 02 A2 03 02 01 30",
       Digest::sha384},
  }));
  CAPTURE(asn1::name_of(row.id));
  const auto hash = certificate_hash_algorithm(*algorithm(row.id, row.parameters), nullptr);
  REQUIRE(hash);
  CHECK(hash->has_value() == row.digest.has_value());
  if (*hash) CHECK(digest_algorithm(**hash) == row.digest.value());
  if (*hash) CHECK_FALSE((*hash)->parameters);
}

TEST_CASE("C-03, C-04 hashAlg decides where it is given") {
  const auto pick = [](asn1::Oid certificate, const OwnedAlgorithm& hash_alg) {
    return certificate_hash_algorithm(*algorithm(certificate), &*hash_alg);
  };
  for (const auto id : {asn1::id_ml_dsa_65, asn1::id_Ed25519, asn1::ecdsa_with_SHA256}) {
    CHECK(pick(id, algorithm(asn1::id_sha384)).value()->algorithm == asn1::id_sha384);
    CHECK(pick(id, algorithm(asn1::id_sha384, null)).value()->algorithm == asn1::id_sha384);
    CHECK(pick(id, algorithm(asn1::id_shake256)).value()->algorithm == asn1::id_shake256);
    CHECK(pick(id, algorithm(asn1::id_sha1)).error().kind == Kind::unknown_algorithm);
    CHECK(pick(id, algorithm(asn1::oid<"1.2.840.113549.2.5">)).error().kind == Kind::unknown_algorithm);
    CHECK(pick(id, algorithm(asn1::oid<"1.2.3">)).error().kind == Kind::unknown_algorithm);
    CHECK(pick(id, algorithm(asn1::id_sha3_256, null)).error().kind == Kind::bad_parameters);
  }
}

TEST_CASE("C-03 no certHash by a digest that can be forged") {
  CHECK(certificate_hash_algorithm(*algorithm(asn1::sha1WithRSAEncryption, null), nullptr).error().kind ==
        Kind::unknown_algorithm);
}
