#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmpkit/asn1/algorithms.h"
#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/keys.h"
#include "cmpkit/cmp/pem.h"
#include "tests/cmp/crypto/algorithm.h"
#include "tests/support/test_data.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using test::test_data;
using Kind = CryptoError::Kind;

namespace {

Octets der_of(const std::string& file) { return decode_pem(text_of(test_data("keys/" + file))).value().back().der; }

Octets octets(const std::string& text) { return copy_of(bytes_of(text)); }

}  // namespace

TEST_CASE("private keys in the formats of OpenSSL") {
  struct Row {
    const char *file, *public_key, *passphrase;
  };
  const auto row = GENERATE(values<Row>({
      {"ec-p256-pkcs8.pem", "ec-p256-public.pem", ""},
      {"ec-p256-traditional.pem", "ec-p256-public.pem", ""},
      {"ec-bp384-with-parameters.pem", "ec-bp384-public.pem", ""},
      {"rsa2048-pkcs8.pem", "rsa2048-public.pem", ""},
      {"rsa2048-traditional.pem", "rsa2048-public.pem", ""},
      {"ed25519-pkcs8.pem", "ed25519-public.pem", ""},
      {"ed448-pkcs8.pem", "ed448-public.pem", ""},
      {"ec-p256-encrypted-sha256-aes256.pem", "ec-p256-public.pem", "secret"},
      {"ec-p256-encrypted-sha1-aes128.pem", "ec-p256-public.pem", "secret"},
      {"ec-p256-encrypted-sha512-aes192.pem", "ec-p256-public.pem", "secret"},
      {"ec-p256-pkcs8.pem", "ec-p256-public.pem", "of no use here"},
  }));
  CAPTURE(row.file);
  const auto pem = PrivateKey::load(test_data("keys/" + std::string(row.file)), row.passphrase);
  REQUIRE(pem);
  CHECK(same_octets(pem->public_key(), der_of(row.public_key)));
  CHECK(pem->signer());
  const auto der = PrivateKey::load(der_of(row.file), row.passphrase);
  REQUIRE(der);
  CHECK(same_octets(der->public_key(), der_of(row.public_key)));
}

TEST_CASE("private keys that cannot be read say why") {
  struct Row {
    const char *file, *passphrase, *text;
  };
  const auto row = GENERATE(values<Row>({
      {"ec-p256-encrypted-sha256-aes256.pem", "", "the private key is encrypted, and there is no passphrase"},
      {"ec-p256-encrypted-scrypt.pem", "secret", "PBES2: unknown key derivation 1.3.6.1.4.1.11591.4.11"},
      {"ec-p256-encrypted-des3.pem", "secret", "PBES2: unknown cipher 1.2.840.113549.3.7"},
      {"ec-p256-traditional-encrypted.pem", "secret",
       "PEM, line 1: headers in the block (a key encrypted the traditional way? `openssl pkcs8 -topk8` converts it)"},
      {"ec-p256-public.pem", "", "no private key in the PEM file"},
      {"ec-p256-explicit.pem", "",
       "PKCS #8: id-ecPublicKey must name a curve: expected OBJECT IDENTIFIER, found SEQUENCE"
       " at offset 0"},
  }));
  CAPTURE(row.file);
  const auto key = PrivateKey::load(test_data("keys/" + std::string(row.file)), row.passphrase);
  REQUIRE_FALSE(key);
  CHECK(key.error().kind == Kind::bad_key);
  CHECK(key.error().text == row.text);
}

TEST_CASE("a wrong passphrase") {
  // About one wrong passphrase in 256 gives padding that looks right, and then no PKCS #8.
  const auto key = PrivateKey::load(test_data("keys/ec-p256-encrypted-sha256-aes256.pem"), "wrong");
  REQUIRE_FALSE(key);
  CHECK(key.error().kind == Kind::bad_key);
  CHECK(key.error().text.starts_with("the private key cannot be decrypted, is the passphrase right?"));
}

TEST_CASE("octets that are no private key") {
  for (const auto* text : {"", "x", "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n"}) {
    const auto key = PrivateKey::load(bytes_of(text));
    REQUIRE_FALSE(key);
    CHECK(key.error().kind == Kind::bad_key);
  }
  const auto x25519 = PrivateKey::load(test_data("keys/x25519-pkcs8.pem"));
  REQUIRE(x25519);
  CHECK(x25519->signer().error().text == "keys of type x25519 cannot sign");
}

TEST_CASE("private keys are written and read back") {
  const auto* type = GENERATE("ec:P-256", "ec:brainpoolP512r1", "rsa:2048", "ed25519", "ed448", "ml-dsa-44",
                              "ml-dsa-87", "slh-dsa-sha2-128f");
  CAPTURE(type);
  const auto key = PrivateKey::generate(type);
  REQUIRE(key);
  const auto plain = key->to_pem().value();
  CHECK(plain.starts_with("-----BEGIN PRIVATE KEY-----\n"));
  CHECK(same_octets(PrivateKey::load(octets(plain))->public_key(), key->public_key()));
  const auto encrypted = key->to_pem("secret").value();
  CHECK(encrypted.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
  CHECK(same_octets(PrivateKey::load(octets(encrypted), "secret")->public_key(), key->public_key()));
  CHECK_FALSE(PrivateKey::load(octets(encrypted), "Secret"));
}

TEST_CASE("ML-DSA keys have the three forms of RFC 9881 Section 6") {
  const auto key = PrivateKey::generate("ml-dsa-65").value();
  const auto written = decode_pem(key.to_pem().value()).value().front().der;
  auto info = asn1::decode<asn1::OneAsymmetricKey>(written).value();
  const auto seed = info.privateKey;
  REQUIRE(seed.size() == 34);  // 80 20 and the seed
  CHECK(seed[0] == 0x80);

  asn1::MLPrivateKey form;
  const Octets expanded_octets(4032);
  form.value.emplace<asn1::MLPrivateKey::both>(asn1::MLBothKeys{seed.subspan(2), expanded_octets});
  const auto both = asn1::encode(form);
  info.privateKey = both;
  CHECK(same_octets(PrivateKey::load(asn1::encode(info))->public_key(), key.public_key()));
  form.value.emplace<asn1::MLPrivateKey::expandedKey>(expanded_octets);
  const auto expanded = asn1::encode(form);
  info.privateKey = expanded;
  CHECK(PrivateKey::load(asn1::encode(info)).error().text ==
        "ML-DSA private key: in expanded form only, without the seed it came from");
}

TEST_CASE("a key whose parts do not belong together is refused") {
  auto der = der_of("rsa2048-pkcs8.pem");
  der[300] ^= 1U;  // in the private exponent
  const auto key = PrivateKey::load(der);
  REQUIRE_FALSE(key);
  CHECK(key.error().kind == Kind::bad_key);
}

TEST_CASE("key types that cannot be made") {
  for (const auto* type : {"", "ec", "ec:P-192", "rsa", "rsa:", "rsa:1024", "rsa:2049", "rsa:20480", "rsa:3072x", "dsa",
                           "x25519", "ml-kem-768", "ml-dsa-66"}) {
    CAPTURE(type);
    const auto key = PrivateKey::generate(type);
    REQUIRE_FALSE(key);
    CHECK(key.error().kind == Kind::unknown_algorithm);
  }
}
