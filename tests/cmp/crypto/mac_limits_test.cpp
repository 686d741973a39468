#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmpkit/cmp/botan.h"
#include "tests/cmp/crypto/mac_parameters.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using test::algorithm;
using test::gmac;
using test::null;
using test::pbm;
using test::pbmac1;
using Kind = CryptoError::Kind;

namespace {

const Octets salt(16, 0x5A);
const OwnedAlgorithm sha256 = algorithm(asn1::id_sha256);
const OwnedAlgorithm hmac_sha256 = algorithm(asn1::id_hmacWithSHA256, null);
const OwnedAlgorithm hmac_sha1 = algorithm(asn1::id_hmacWithSHA1, null);

CryptoError refusal(const OwnedAlgorithm& algorithm, Bytes secret = bytes_of("a shared secret")) {
  const auto mac = botan_crypto().mac(*algorithm, secret, MacLimits{});
  REQUIRE_FALSE(mac);
  return mac.error();
}

}  // namespace

TEST_CASE("B-13 PasswordBasedMac is held to the limits") {
  CHECK(refusal(pbm(salt, 99, sha256, hmac_sha256)).text ==
        "PasswordBasedMac: iterationCount 99 is below the minimum of 100");
  CHECK(refusal(pbm(salt, 100'001, sha256, hmac_sha256)).kind == Kind::too_much_work);
  CHECK(refusal(pbm(salt, std::numeric_limits<std::int64_t>::max(), sha256, hmac_sha256)).kind == Kind::too_much_work);
  CHECK(refusal(pbm(salt, -1, sha256, hmac_sha256)).kind == Kind::bad_parameters);
  CHECK(refusal(pbm(Bytes(salt).first(7), 100, sha256, hmac_sha256)).kind == Kind::bad_parameters);
  CHECK(refusal(pbm(Octets(257), 100, sha256, hmac_sha256)).kind == Kind::too_much_work);
  CHECK(refusal(pbm(salt, 100, sha256, hmac_sha256), {}).kind == Kind::bad_key);
  CHECK(botan_crypto().mac(*pbm(Bytes(salt).first(8), 100'000, sha256, hmac_sha256), bytes_of("x"), MacLimits{}));
}

TEST_CASE("B-22 PBMAC1 is held to the limits") {
  CHECK(refusal(pbmac1(salt, 99, 32, hmac_sha256, hmac_sha256)).kind == Kind::bad_parameters);
  CHECK(refusal(pbmac1(salt, 100'001, 32, hmac_sha256, hmac_sha256)).kind == Kind::too_much_work);
  CHECK(refusal(pbmac1(Bytes(salt).first(7), 100, 32, hmac_sha256, hmac_sha256)).kind == Kind::bad_parameters);
  CHECK(refusal(pbmac1(Octets(257), 100, 32, hmac_sha256, hmac_sha256)).kind == Kind::too_much_work);
  CHECK(refusal(pbmac1(salt, 100, 15, hmac_sha256, hmac_sha256)).kind == Kind::bad_parameters);  // could be guessed
  CHECK(refusal(pbmac1(salt, 100, 513, hmac_sha256, hmac_sha256)).kind == Kind::too_much_work);
  CHECK(refusal(pbmac1(salt, 100, 16, hmac_sha256, gmac(asn1::id_aes256_GMAC, salt, 16))).kind == Kind::bad_parameters);
}

TEST_CASE("V-33 MAC algorithms that are not in the table, or not there") {
  CHECK(refusal(algorithm(asn1::oid<"1.2.3">)).text == "unknown MAC algorithm 1.2.3");
  CHECK(refusal(algorithm(asn1::ecdsa_with_SHA256)).kind == Kind::unknown_algorithm);
  CHECK(refusal(algorithm(asn1::id_KemBasedMac)).kind == Kind::unknown_algorithm);
  // HMAC-SHA1 lives on in PasswordBasedMac only
  CHECK(refusal(hmac_sha1).kind == Kind::unknown_algorithm);
  CHECK(refusal(algorithm(asn1::hMAC_SHA1)).kind == Kind::unknown_algorithm);
  CHECK(refusal(pbmac1(salt, 100, 32, hmac_sha1, hmac_sha256)).kind == Kind::unknown_algorithm);  // B-21: the DEFAULT
  CHECK(refusal(pbmac1(salt, 100, 32, hmac_sha256, hmac_sha1)).kind == Kind::unknown_algorithm);
  CHECK(refusal(pbmac1(salt, 100, 32, gmac(asn1::id_aes128_GMAC, salt, 16), hmac_sha256)).kind ==
        Kind::unknown_algorithm);  // B-20
  CHECK(refusal(pbm(salt, 100, algorithm(asn1::id_sha1), hmac_sha256)).kind == Kind::unknown_algorithm);
  CHECK(refusal(pbm(salt, 100, algorithm(asn1::oid<"1.2.3">), hmac_sha256)).kind == Kind::unknown_algorithm);
  CHECK(refusal(pbm(salt, 100, sha256, algorithm(asn1::id_PBMAC1))).kind == Kind::unknown_algorithm);
}

TEST_CASE("V-33 MAC algorithms have the parameters their RFC wants") {
  CHECK(refusal(algorithm(asn1::id_PasswordBasedMac)).kind == Kind::bad_parameters);
  CHECK(refusal(algorithm(asn1::id_PasswordBasedMac, null)).kind == Kind::bad_parameters);
  CHECK(refusal(algorithm(asn1::id_PBMAC1)).kind == Kind::bad_parameters);
  CHECK(refusal(algorithm(asn1::id_PBMAC1, "30 00")).kind == Kind::bad_parameters);
  CHECK(refusal(algorithm(asn1::id_hmacWithSHA256, "30 00")).kind == Kind::bad_parameters);
  CHECK(refusal(algorithm(asn1::id_hmacWithSHA3_256, null)).kind == Kind::bad_parameters);
  CHECK(refusal(algorithm(asn1::id_KMACWithSHAKE128, null)).kind == Kind::bad_parameters);
  CHECK(refusal(algorithm(asn1::id_KMACWithSHAKE128, asn1::encode(asn1::KmacWithShake128Params{64, {}}))).kind ==
        Kind::bad_parameters);  // a tag that could be guessed
  CHECK(refusal(algorithm(asn1::id_KMACWithSHAKE128, asn1::encode(asn1::KmacWithShake128Params{129, {}}))).kind ==
        Kind::bad_parameters);
  CHECK(refusal(algorithm(asn1::id_KMACWithSHAKE256, asn1::encode(asn1::KmacWithShake256Params{1 << 20, {}}))).kind ==
        Kind::bad_parameters);
  CHECK(refusal(algorithm(asn1::id_aes128_GMAC)).kind == Kind::bad_parameters);
  CHECK(refusal(gmac(asn1::id_aes128_GMAC, {}, 16)).kind == Kind::bad_parameters);
  CHECK(refusal(gmac(asn1::id_aes128_GMAC, Octets(65), 16)).kind == Kind::bad_parameters);
  CHECK(refusal(gmac(asn1::id_aes128_GMAC, salt, 11)).kind == Kind::bad_parameters);
  CHECK(refusal(gmac(asn1::id_aes128_GMAC, salt, 16), bytes_of("not sixteen octets")).kind == Kind::bad_key);
  CHECK(refusal(pbm(salt, 100, algorithm(asn1::id_sha3_256, null), hmac_sha256)).kind == Kind::bad_parameters);
}

TEST_CASE("PBMAC1 knows PBKDF2 with a specified salt") {
  const auto scrypt = algorithm(asn1::oid<"1.3.6.1.4.1.11591.4.11">, "30 00");
  CHECK(refusal(algorithm(asn1::id_PBMAC1, asn1::encode(asn1::Pbmac1Params{*scrypt, *hmac_sha256}))).kind ==
        Kind::unknown_algorithm);
  asn1::Pbkdf2Params pbkdf2;
  pbkdf2.salt.value.emplace<asn1::Pbkdf2Salt::otherSource>(*scrypt);
  pbkdf2.iterationCount = 1000;
  pbkdf2.prf = *hmac_sha256;
  const auto derivation = algorithm(asn1::id_PBKDF2, asn1::encode(pbkdf2));
  CHECK(refusal(algorithm(asn1::id_PBMAC1, asn1::encode(asn1::Pbmac1Params{*derivation, *hmac_sha256}))).kind ==
        Kind::bad_parameters);
}
