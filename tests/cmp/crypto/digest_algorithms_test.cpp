#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmpkit/cmp/botan.h"
#include "tests/cmp/crypto/algorithm.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using test::algorithm;
using test::null;
using Kind = CryptoError::Kind;

TEST_CASE("digests have the parameters their RFC wants") {
  struct Row {
    asn1::Oid id;
    std::string_view parameters;
    std::optional<Digest> digest;  // none: bad_parameters
  };
  const auto row = GENERATE(values<Row>({
      {asn1::id_sha1, "", Digest::sha1},
      {asn1::id_sha1, null, Digest::sha1},
      {asn1::id_sha256, "", Digest::sha256},
      {asn1::id_sha256, null, Digest::sha256},
      {asn1::id_sha256, "02 01 00", std::nullopt},
      {asn1::id_sha512_256, null, Digest::sha512_256},
      {asn1::id_sha3_256, "", Digest::sha3_256},
      {asn1::id_sha3_256, null, std::nullopt},
      {asn1::id_sha3_512, null, std::nullopt},
      {asn1::id_shake128, "", Digest::shake128},
      {asn1::id_shake128, null, std::nullopt},
      {asn1::id_shake256, null, std::nullopt},
      {asn1::id_shake256_len, "02 02 02 00", Digest::shake256},
      {asn1::id_shake256_len, "02 02 01 00", std::nullopt},
      {asn1::id_shake256_len, "", std::nullopt},
  }));
  CAPTURE(asn1::name_of(row.id), row.parameters);
  const auto digest = digest_algorithm(*algorithm(row.id, row.parameters));
  CHECK(digest.has_value() == row.digest.has_value());
  if (digest)
    CHECK(*digest == row.digest);
  else
    CHECK(digest.error().kind == Kind::bad_parameters);
}

TEST_CASE("a digest that is not in the table is unknown") {
  const auto digest = digest_algorithm(*algorithm(asn1::oid<"1.2.3">));
  REQUIRE_FALSE(digest);
  CHECK(digest.error().kind == Kind::unknown_algorithm);
  CHECK(digest.error().text == "unknown digest algorithm 1.2.3");
}

TEST_CASE("a person's name for a digest") {
  CHECK(digest_named("sha256") == Digest::sha256);
  CHECK(digest_named("SHA-256") == Digest::sha256);
  CHECK(digest_named("SHA2-512/256") == Digest::sha512_256);
  CHECK(digest_named("sha3-384") == Digest::sha3_384);
  CHECK(digest_named("SHAKE256") == Digest::shake256);
  CHECK(digest_named("sha1") == Digest::sha1);
  CHECK_FALSE(digest_named("sha257"));
  CHECK_FALSE(digest_named(""));
}

TEST_CASE("digests of `abc`") {  // FIPS 180-4, FIPS 202 examples
  struct Row {
    Digest digest;
    std::string_view value;
  };
  const auto row = GENERATE(values<Row>({
      {Digest::sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"},
      {Digest::sha224, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
      {Digest::sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {Digest::sha384,
       "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"},
      {Digest::sha512,
       "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80"
       "e"
       "2a9ac94fa54ca49f"},
      {Digest::sha512_256, "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23"},
      {Digest::sha3_256, "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"},
      {Digest::shake128, "5881092dd818bf5cf8a3ddb793fbcba74097d5c526a6d35f97b83351940f2cc8"},
      {Digest::shake256,
       "483366601360a8771c6863080cc4114d8db44530f8f1e1ee4f94ea37e78b5739d5a15bef186a5386c75744c0527e1faa9f8726e462a12a4"
       "f"
       "eb06bd8801e751e4"},
  }));
  CAPTURE(describe(row.digest).name);
  const std::array message{bytes_of("a"), bytes_of("bc")};
  const auto value = botan_crypto().hash(identifier_of(row.digest), message);
  REQUIRE(value);
  CHECK(*value == test::hex(row.value));
  CHECK(value->size() == describe(row.digest).size);
}

TEST_CASE("MD5 is not computed, whatever the provider has") {
  const auto value = botan_crypto().hash(identifier_of(Digest::md5), {});
  REQUIRE_FALSE(value);
  CHECK(value.error().kind == Kind::unknown_algorithm);
}
