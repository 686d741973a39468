#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <thread>

#include "cmpkit/asn1/algorithms.h"
#include "cmpkit/asn1/pkimessage.h"
#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/certificate.h"
#include "cmpkit/cmp/keys.h"
#include "cmpkit/cmp/pem.h"
#include "tests/cmp/crypto/algorithm.h"
#include "tests/support/certificate_builder.h"
#include "tests/support/test_data.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using test::algorithm;
using test::new_signer;
using test::null;
using test::test_data;
using Kind = CryptoError::Kind;

namespace {

const std::array<Bytes, 3> message{bytes_of("what "), bytes_of(""), bytes_of("is signed")};
const std::array<Bytes, 1> whole{bytes_of("what is signed")};

Octets public_key(const std::string& file) {
  return decode_pem(text_of(test_data("keys/" + file))).value().front().der;
}

Kind refusal(const asn1::AlgorithmIdentifier& algorithm, Bytes key, Bytes signature) {
  const auto verified = botan_crypto().verify(algorithm, key, message, signature);
  REQUIRE_FALSE(verified);
  return verified.error().kind;
}

void check_round_trip(const Signer& signer) {
  const auto signature = signer.sign(message);
  REQUIRE(signature);
  const auto& crypto = botan_crypto();
  CHECK(crypto.verify(signer.algorithm(), signer.public_key(), message, *signature));
  CHECK(crypto.verify(signer.algorithm(), signer.public_key(), whole, *signature));  // pieces do not matter
  const std::array<Bytes, 1> other{bytes_of("what is signee")};
  CHECK(crypto.verify(signer.algorithm(), signer.public_key(), other, *signature).error().kind == Kind::mismatch);
  CHECK(crypto.verify(signer.algorithm(), signer.public_key(), message, *signature));  // as before
  auto damaged = *signature;
  damaged[damaged.size() / 2] ^= 1U;
  CHECK(refusal(signer.algorithm(), signer.public_key(), damaged) == Kind::mismatch);
  CHECK(refusal(signer.algorithm(), signer.public_key(), {}) == Kind::mismatch);
  CHECK(refusal(signer.algorithm(), signer.public_key(), Bytes(*signature).first(signature->size() - 1)) ==
        Kind::mismatch);
}

}  // namespace

TEST_CASE("signatures of every kind of key come back") {
  struct Row {
    const char* type;
    std::string_view name;  // of the algorithm that the key gets by default
  };
  const auto row = GENERATE(values<Row>({
      {"ec:P-256", "ecdsa-with-SHA256"},
      {"ec:P-384", "ecdsa-with-SHA384"},
      {"ec:P-521", "ecdsa-with-SHA512"},
      {"ec:brainpoolP256r1", "ecdsa-with-SHA256"},
      {"ec:brainpoolP384r1", "ecdsa-with-SHA384"},
      {"ec:brainpoolP512r1", "ecdsa-with-SHA512"},
      {"rsa:2048", "sha256WithRSAEncryption"},
      {"ed25519", "Ed25519"},
      {"ed448", "Ed448"},
      {"ml-dsa-44", "ML-DSA-44"},
      {"ml-dsa-65", "ML-DSA-65"},
      {"ml-dsa-87", "ML-DSA-87"},
      {"slh-dsa-sha2-128f", "SLH-DSA-SHA2-128f"},
      {"slh-dsa-shake-128f", "SLH-DSA-SHAKE-128f"},
  }));
  CAPTURE(row.type);
  const auto signer = new_signer(row.type);
  CHECK(signature_algorithm(signer->algorithm())->name == row.name);
  CHECK(botan_crypto().describe(signer->public_key())->name == row.type);
  CHECK(botan_crypto().describe(signer->public_key())->can_sign);
  check_round_trip(*signer);
}

TEST_CASE("signatures over every digest come back") {
  const auto ec = PrivateKey::generate("ec:P-256").value();
  const auto rsa = PrivateKey::load(test_data("keys/rsa2048-pkcs8.pem")).value();
  for (const auto digest : {Digest::sha224, Digest::sha256, Digest::sha384, Digest::sha512, Digest::sha3_224,
                            Digest::sha3_256, Digest::sha3_384, Digest::sha3_512}) {
    CAPTURE(describe(digest).name);
    check_round_trip(*ec.signer({digest}).value());
    check_round_trip(*rsa.signer({digest}).value());
    check_round_trip(*rsa.signer({digest, true}).value());
  }
  for (const auto digest : {Digest::shake128, Digest::shake256}) check_round_trip(*ec.signer({digest}).value());
}

TEST_CASE("a signer offers what its key offers") {
  const auto ec = PrivateKey::generate("ec:P-256").value();
  const auto rsa = PrivateKey::load(test_data("keys/rsa2048-pkcs8.pem")).value();
  const auto ed25519 = PrivateKey::generate("ed25519").value();
  CHECK(ec.signer({std::nullopt, true}).error().kind == Kind::bad_parameters);
  CHECK(ec.signer({Digest::sha1}).error().kind == Kind::bad_parameters);
  CHECK(ec.signer({Digest::sha512_256}).error().text ==
        "there is no signature algorithm for an EC key with SHA-512/256");
  CHECK(rsa.signer({Digest::shake256, true}).error().kind == Kind::bad_parameters);
  CHECK(rsa.signer({Digest::md5}).error().kind == Kind::bad_parameters);
  CHECK(ed25519.signer({Digest::sha512}).error().text == "ed25519 leaves no choice of a digest");
}

TEST_CASE("V-34 OpenSSL's signatures") {
  struct Row {
    const char *key, *signature;
    OwnedAlgorithm algorithm;
  };
  const auto pss_sha256 = test::hex(
      "30 34 A0 0F 30 0D 06 09 60 86 48 01 65 03 04 02 01 05 00 A1 1C 30 1A 06 09 2A 86 48 86 F7 0D 01 01 08 30 0D 06 "
      "09 "
      "60 86 48 01 65 03 04 02 01 05 00 A2 03 02 01 20");
  const auto pss_sha512 = test::hex(  // saltLength 20 is the DEFAULT
      "30 2F A0 0F 30 0D 06 09 60 86 48 01 65 03 04 02 03 05 00 A1 1C 30 1A 06 09 2A 86 48 86 F7 0D 01 01 08 30 0D 06 "
      "09 "
      "60 86 48 01 65 03 04 02 03 05 00");
  const Row rows[] = {
      {"ec-p256-public.pem", "ec-p256-sha256.sig", algorithm(asn1::ecdsa_with_SHA256)},
      {"ec-p256-public.pem", "ec-p256-sha3-256.sig", algorithm(asn1::id_ecdsa_with_sha3_256)},
      {"ec-bp384-public.pem", "ec-bp384-sha384.sig", algorithm(asn1::ecdsa_with_SHA384)},
      {"rsa2048-public.pem", "rsa2048-sha256.sig", algorithm(asn1::sha256WithRSAEncryption, null)},
      {"rsa2048-public.pem", "rsa2048-sha3-512.sig", algorithm(asn1::id_rsassa_pkcs1_v1_5_with_sha3_512, null)},
      {"rsa2048-public.pem", "rsa2048-pss-sha256-salt32.sig", algorithm(asn1::id_RSASSA_PSS, pss_sha256)},
      {"rsa2048-public.pem", "rsa2048-pss-sha512-salt20.sig", algorithm(asn1::id_RSASSA_PSS, pss_sha512)},
      {"ed25519-public.pem", "ed25519.sig", algorithm(asn1::id_Ed25519)},
      {"ed448-public.pem", "ed448.sig", algorithm(asn1::id_Ed448)},
  };
  for (const auto& row : rows) {
    CAPTURE(row.signature);
    const auto key = public_key(row.key);
    const auto signature = test_data("keys/" + std::string(row.signature));
    CHECK(botan_crypto().verify(*row.algorithm, key, message, signature));
  }
  // Not by another algorithm of the same key
  CHECK(refusal(*rows[1].algorithm, public_key(rows[0].key), test_data("keys/ec-p256-sha256.sig")) == Kind::mismatch);
  CHECK(refusal(*rows[6].algorithm, public_key(rows[5].key), test_data("keys/rsa2048-pss-sha256-salt32.sig")) ==
        Kind::mismatch);
}

TEST_CASE("V-34 the protection of OpenSSL's messages") {
  const auto* file =
      GENERATE("ec-sig-ir", "ec-sig-ip", "ec-sig-kur", "ec-sig-p10cr", "ec-sig-rr", "rsa-sig-ir", "rsa-sig-cp",
               "rsa-sig-certConf", "ed-sig-ir", "ed-sig-ip", "ed-sig-rp", "mldsa-sig-ir", "mldsa-sig-ip");
  CAPTURE(file);
  const auto der = test_data("openssl/" + std::string(file) + ".der");
  const auto received = asn1::decode<asn1::PKIMessage>(der);
  REQUIRE(received);
  const auto signer = CertificateView::decode(received->extraCerts.value().front().tlv);
  REQUIRE(signer);
  std::array<std::uint8_t, 6> header{};
  const auto pieces = received->protected_part(header);
  const auto verify = [&](Pieces what) {
    return botan_crypto().verify(received->header.protectionAlg.value(), signer->public_key(), what,
                                 received->protection->octets);
  };
  CHECK(verify(pieces));
  CHECK(verify(message).error().kind == Kind::mismatch);
}

TEST_CASE("V-33 keys that do not go with the algorithm, and keys that are none") {
  const auto ec = public_key("ec-p256-public.pem");
  const auto rsa = public_key("rsa2048-public.pem");
  CHECK(refusal(*algorithm(asn1::sha256WithRSAEncryption, null), ec, bytes_of("x")) == Kind::bad_parameters);
  CHECK(refusal(*algorithm(asn1::ecdsa_with_SHA256), rsa, bytes_of("x")) == Kind::bad_parameters);
  CHECK(refusal(*algorithm(asn1::ecdsa_with_SHA256), bytes_of("x"), bytes_of("x")) == Kind::bad_key);
  auto off_the_curve = ec;
  off_the_curve.back() ^= 1U;
  CHECK(refusal(*algorithm(asn1::ecdsa_with_SHA256), off_the_curve, bytes_of("x")) == Kind::bad_key);
}

TEST_CASE("RSA keys that are too weak or too much work") {
  const auto spki = [](const Octets& modulus, const Octets& exponent) {
    const auto key = asn1::encode(asn1::RSAPublicKey{{modulus}, {exponent}});
    const auto id = algorithm(asn1::rsaEncryption, null);
    return asn1::encode(asn1::SubjectPublicKeyInfo{*id, {key, 0}});
  };
  const auto modulus = [](std::size_t octets) {
    Octets out(octets, 0x5B);
    return out;
  };
  const Octets f4{0x01, 0x00, 0x01};
  const auto describe = [](const Octets& key) { return botan_crypto().describe(key); };
  CHECK(describe(spki(modulus(256), f4)).error().text == "RSA key of 2047 bits: at least 2048 are asked for");
  CHECK(describe(spki(modulus(257), f4))->name == "rsa:2055");
  CHECK(describe(spki(modulus(2049), f4)).error().kind == Kind::bad_key);
  CHECK(describe(spki(modulus(257), Octets(9, 0x01))).error().kind == Kind::bad_key);
  CHECK(describe(spki(Octets(257, 0x8B), f4)).error().text == "RSA key: negative number");
}

TEST_CASE("keys that cannot sign are described, and refused as signers") {
  const auto x25519 = test::hex(
      "30 2A 30 05 06 03 2B 65 6E 03 21 00 "
      "8520F0098930A754748B7DDCB43EF75A0DBF3A0D26381AF4EBA4A98EAA9B4E6A");
  const auto described = botan_crypto().describe(x25519);
  REQUIRE(described);
  CHECK(described->name == "x25519");
  CHECK_FALSE(described->can_sign);
  CHECK(choose_signature_algorithm(x25519).error().kind == Kind::bad_key);
}

TEST_CASE("one signer and its key serve several threads") {
  const auto signer = new_signer();
  std::array<std::size_t, 4> right{};
  {
    std::vector<std::jthread> threads;
    for (auto& count : right)
      threads.emplace_back([&signer, &count] {
        for (int i = 0; i < 50; ++i) {
          const auto text = std::to_string(i);
          const std::array<Bytes, 1> own{bytes_of(text)};
          const auto signature = signer->sign(own);
          if (signature && botan_crypto().verify(signer->algorithm(), signer->public_key(), own, *signature)) ++count;
        }
      });
  }
  CHECK(right == std::array<std::size_t, 4>{50, 50, 50, 50});
}

TEST_CASE("more keys than the thread remembers") {
  std::vector<std::pair<std::shared_ptr<const Signer>, Octets>> signed_by;
  for (int i = 0; i < 80; ++i) {
    auto signer = new_signer();
    auto signature = signer->sign(message).value();
    signed_by.emplace_back(std::move(signer), std::move(signature));
  }
  for (int round = 0; round < 2; ++round)
    for (const auto& [signer, signature] : signed_by)
      REQUIRE(botan_crypto().verify(signer->algorithm(), signer->public_key(), message, signature));
}
