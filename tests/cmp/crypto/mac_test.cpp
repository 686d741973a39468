#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmpkit/cmp/botan.h"
#include "tests/cmp/crypto/mac_parameters.h"
#include "tests/support/test_data.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using test::algorithm;
using test::gmac;
using test::hex;
using test::null;
using test::pbm;
using test::pbmac1;

namespace {

const Octets salt = hex("00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f");
const Octets nonce = hex("20 21 22 23 24 25 26 27 28 29 2a 2b");
const auto secret = bytes_of("a shared secret");
const std::array<Bytes, 3> message{bytes_of("what "), bytes_of(""), bytes_of("is protected")};

Octets value_of(const OwnedAlgorithm& algorithm, Bytes key = secret, Pieces pieces = message) {
  const auto mac = botan_crypto().mac(*algorithm, key, MacLimits{});
  if (!mac) FAIL(mac.error().text);
  return (*mac)->compute(pieces);
}

const auto hmac_sha256 = algorithm(asn1::id_hmacWithSHA256, null);

}  // namespace

TEST_CASE("V-34, B-10 PasswordBasedMac protects OpenSSL's messages") {
  const auto* what = GENERATE("ir", "ip", "certConf", "pkiConf", "cr", "cp", "kur", "kup", "p10cr", "p10cp", "rr", "rp",
                              "genm-caCerts", "genp-caCerts");
  CAPTURE(what);
  const auto der = test::test_data("openssl/ec-pbm-" + std::string(what) + ".der");
  const auto received = asn1::decode<asn1::PKIMessage>(der);
  REQUIRE(received);
  std::array<std::uint8_t, 6> header{};
  const auto pieces = received->protected_part(header);
  const auto right = botan_crypto().mac(received->header.protectionAlg.value(), bytes_of("secret-123456"), MacLimits{});
  REQUIRE(right);
  CHECK((*right)->verify(pieces, received->protection->octets));
  const auto wrong = botan_crypto().mac(received->header.protectionAlg.value(), bytes_of("secret-123457"), MacLimits{});
  REQUIRE(wrong);
  CHECK_FALSE((*wrong)->verify(pieces, received->protection->octets));
}

// Expected values by Python's hashlib and hmac; the GMACs under keys so derived by `openssl mac`.
TEST_CASE("B-10, B-11 PasswordBasedMac") {
  CHECK(value_of(pbm(salt, 500, algorithm(asn1::id_sha256), hmac_sha256)) ==
        hex("e2bf9bbb5e22cdbc1f59d01c9cf528f60966403ccfb754e8538aa6d98d492954"));
  CHECK(value_of(pbm(salt, 500, algorithm(asn1::id_sha512, null), algorithm(asn1::id_hmacWithSHA1, null))) ==
        hex("034a3bdb03d9c7a90e6f37df0476f974f4fa8914"));
  CHECK(value_of(pbm(salt, 500, algorithm(asn1::id_sha512), algorithm(asn1::hMAC_SHA1))) ==
        hex("034a3bdb03d9c7a90e6f37df0476f974f4fa8914"));
  CHECK(value_of(pbm(salt, 100, algorithm(asn1::id_sha3_256), algorithm(asn1::id_hmacWithSHA3_256))) ==
        hex("986cf95e1a63c5a3142ec0c014ee4cbe8ba055ecc24e6693b5e5faa2da866dec"));
  // K < H: the leading octets of BASEKEY; K > H: BASEKEY || OWF("1" || BASEKEY)
  CHECK(value_of(pbm(salt, 100, algorithm(asn1::id_sha256), gmac(asn1::id_aes128_GMAC, nonce, 16))) ==
        hex("EC351407E723D2ED6D3BF4DBC4449C04"));
  CHECK(value_of(pbm(salt, 100, algorithm(asn1::id_sha224), gmac(asn1::id_aes256_GMAC, nonce, 16))) ==
        hex("CE514C9899A968427F9DD67911261F6E"));
}

TEST_CASE("B-20, B-21 PBMAC1") {
  CHECK(value_of(pbmac1(salt, 1000, 32, hmac_sha256, hmac_sha256)) ==
        hex("b11314e03af5395bcfbf9e2faa1fc351e054bf0e9397b96cf83bfa73b2c75e0e"));
  CHECK(value_of(pbmac1(salt, 1000, std::nullopt, hmac_sha256, hmac_sha256)) ==
        hex("b11314e03af5395bcfbf9e2faa1fc351e054bf0e9397b96cf83bfa73b2c75e0e"));
  CHECK(
      value_of(pbmac1(salt, 1000, 48, algorithm(asn1::id_hmacWithSHA512, null), algorithm(asn1::id_hmacWithSHA384))) ==
      hex("332bf3917395867d26abe3edcfc7d6d44f1ebd78b0a29d4433fae50e7e3b3d4df719bd91c2cb1413d8bbc85c56d02608"));
  CHECK(value_of(pbmac1(salt, 1000, 64, algorithm(asn1::id_hmacWithSHA3_256), algorithm(asn1::id_hmacWithSHA3_512))) ==
        hex("696b97ee78f440aeb59e010d4bf373a0c0aed1f5ee2bccaf871e2d9c20f74d5530b5413c52819b6dc2b0a9b3f82bbb33b7b7195b92"
            "83b4d093b91b147e48c18f"));
  CHECK(value_of(pbmac1(salt, 1000, 32, hmac_sha256, gmac(asn1::id_aes256_GMAC, nonce, 16))) ==
        hex("EFEB53316FC030BE7EAA01E609A7ADEF"));
}

TEST_CASE("B-23 MACs by themselves") {
  const auto key = hex("404142434445464748494A4B4C4D4E4F505152535455565758595A5B5C5D5E5F");
  const auto four = hex("00010203");
  const std::array<Bytes, 1> data{four};
  // RFC 4231 Section 4.2
  const auto hi = bytes_of("Hi There");
  CHECK(value_of(hmac_sha256, Octets(20, 0x0b), {&hi, 1}) ==
        hex("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"));
  // NIST's examples for KMAC, 1, 2 and 4
  CHECK(value_of(algorithm(asn1::id_KMACWithSHAKE128), key, data) ==
        hex("E5780B0D3EA6F7D3A429C5706AA43A00FADBD7D49628839E3187243F456EE14E"));
  const auto tagged = asn1::encode(asn1::KmacWithShake128Params{256, bytes_of("My Tagged Application")});
  CHECK(value_of(algorithm(asn1::id_KMACWithSHAKE128, tagged), key, data) ==
        hex("3B1FBA963CD8B0B59E8C1A6D71888B7143651AF8BA0A7070C0979E2811324AA5"));
  const auto tagged_256 = asn1::encode(asn1::KmacWithShake256Params{512, bytes_of("My Tagged Application")});
  CHECK(
      value_of(algorithm(asn1::id_KMACWithSHAKE256, tagged_256), key, data) ==
      hex("20C570C31346F703C9AC36C61C03CB64C3970D0CFC787E9B79599D273A68D2F7F69D4CC3DE9D104A351689F27CF6F5951F0103F33F4F"
          "24871024D9C27773A8DD"));
  // `openssl mac`
  CHECK(value_of(gmac(asn1::id_aes128_GMAC, nonce, 16), bytes_of("0123456789abcdef")) ==
        hex("21B0665E7D35DE4FED60FED036EEC422"));
  CHECK(value_of(gmac(asn1::id_aes128_GMAC, nonce, 12), bytes_of("0123456789abcdef")) ==
        hex("21B0665E7D35DE4FED60FED0"));
}

TEST_CASE("a MAC verifies its own value, again and again, and nothing else") {
  const auto parameters = GENERATE(0, 1, 2);
  const auto mac = botan_crypto()
                       .mac(parameters == 0   ? *pbm(salt, 100, algorithm(asn1::id_sha256), hmac_sha256)
                            : parameters == 1 ? *gmac(asn1::id_aes128_GMAC, nonce, 16)
                                              : *algorithm(asn1::id_KMACWithSHAKE256),
                            bytes_of("0123456789abcdef"), MacLimits{})
                       .value();
  auto value = mac->compute(message);
  CHECK(mac->verify(message, value));
  CHECK(mac->verify(message, value));
  CHECK_FALSE(mac->verify(message, Bytes(value).first(value.size() - 1)));
  CHECK_FALSE(mac->verify(message, {}));
  const std::array<Bytes, 1> other{bytes_of("what is protectee")};
  CHECK_FALSE(mac->verify(other, value));
  value.back() ^= 1U;
  CHECK_FALSE(mac->verify(message, value));
}

TEST_CASE("parameters of our own making") {
  for (int i = 0; i < 2; ++i) {
    const auto made = i == 0 ? make_pbm_parameters(system_random(), 500) : make_pbmac1_parameters(system_random(), 500);
    const auto again =
        i == 0 ? make_pbm_parameters(system_random(), 500) : make_pbmac1_parameters(system_random(), 500);
    CHECK_FALSE(same_octets(made.octets(), again.octets()));  // a fresh salt
    CHECK(value_of(made).size() == 32);
    CHECK(value_of(made) != value_of(again));
  }
  CHECK(value_of(make_pbm_parameters(system_random(), 100, Digest::sha3_512, Digest::sha3_384)).size() == 48);
  CHECK(value_of(make_pbmac1_parameters(system_random(), 100, Digest::sha512, Digest::sha512)).size() == 64);
  CHECK_THROWS_AS(make_pbm_parameters(system_random(), 100, Digest::sha256, Digest::sha1), std::invalid_argument);
}
