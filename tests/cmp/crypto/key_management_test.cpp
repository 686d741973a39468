// Key transport, key agreement, derivation, wrap and content encryption: test vectors where the RFCs have them, and
// both ends against each other.
#include "cmpkit/cmp/key_management.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmp/crypto/key_management_algorithms.h"
#include "cmp/crypto/mac_parameters.h"
#include "cmpkit/asn1/algorithms.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/keys.h"
#include "tests/support/hex.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using test::hex;
using Kind = CryptoError::Kind;

namespace {

const KeyManagement& keys() { return botan_crypto().key_management(); }

Octets octets(const SecretOctets& secret) { return {secret.begin(), secret.end()}; }

struct Agreeing {
  const char *name, *pkcs8;
};
// RFC 7748 Sections 6.1 and 6.2: the private keys of Alice, in PKCS #8 (RFC 8410)
constexpr Agreeing x25519{"x25519",
                          "302e020100300506032b656e04220420"
                          "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"};
constexpr Agreeing x448{"x448",
                        "3046020100300506032b656f043a0438"
                        "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28d"
                        "d9c9baf574a9419744897391006382a6f127ab1d9ac2d8c0a598726b"};

PrivateKey agreeing_key(const Agreeing& row) {
  return row.pkcs8 == nullptr ? PrivateKey::generate(row.name).value() : PrivateKey::load(hex(row.pkcs8)).value();
}

}  // namespace

TEST_CASE("AES key wrap: the vectors of RFC 3394 Sections 4.1 and 4.6") {
  struct Row {
    const char *key, *data, *wrapped;
  };
  const auto row = GENERATE(values<Row>({
      {"000102030405060708090A0B0C0D0E0F", "00112233445566778899AABBCCDDEEFF",
       "1FA68B0A8112B447 AEF34BD8FB5A7B82 9D3E862371D2CFE5"},
      {"000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F",
       "00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F",
       "28C9F404C4B810F4 CBCCB35CFB87F826 3F5786E2D80ED326 CBC7F0E71A99F43B FB988B9B7A02DD21"},
  }));
  CHECK(keys().wrap(hex(row.key), hex(row.data)) == hex(row.wrapped));
  CHECK(octets(keys().unwrap(hex(row.key), hex(row.wrapped)).value()) == hex(row.data));
  Octets damaged = hex(row.wrapped);
  damaged.back() ^= 1;
  CHECK(keys().unwrap(hex(row.key), damaged).error().kind == Kind::mismatch);
  CHECK_FALSE(keys().unwrap(hex(row.key), {}));
  CHECK_FALSE(keys().wrap(Octets(17), hex(row.data)));
}

TEST_CASE("key derivation: HKDF as in RFC 5869 Appendix A.1, X9.63 as in the vectors of NIST, PBKDF2 as in RFC 7914") {
  using enum KeyDerivation::Function;
  CHECK(octets(keys()
                   .derive({hkdf, Digest::sha256}, hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"),
                           hex("000102030405060708090a0b0c"), hex("f0f1f2f3f4f5f6f7f8f9"), 42)
                   .value()) ==
        hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"));
  CHECK(octets(keys()
                   .derive({x963, Digest::sha256}, hex("96c05619d56c328ab95fe84b18264b08725b85e33fd34f08"), {}, {}, 16)
                   .value()) == hex("443024c3dae66b95e6f5670601558f71"));

  asn1::Pbkdf2Params pbkdf2;  // RFC 7914 Section 11
  pbkdf2.salt.value.emplace<asn1::Pbkdf2Salt::specified>(bytes_of("salt"));
  pbkdf2.iterationCount = 1;
  pbkdf2.prf = {asn1::id_hmacWithSHA256, asn1::null_value};
  const Octets parameters = asn1::encode(pbkdf2);
  const asn1::AlgorithmIdentifier algorithm{asn1::id_PBKDF2, asn1::Any{parameters}};
  const MacLimits none{.min_iterations = 1, .min_salt = 1};
  CHECK(octets(keys().derive(algorithm, bytes_of("passwd"), 32, none).value()) ==
        hex("55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"));
  CHECK(keys().derive(algorithm, bytes_of("passwd"), 32, {}).error().kind == Kind::bad_parameters);  // B-22
  CHECK(keys().derive(algorithm, {}, 32, none).error().kind == Kind::bad_key);
}

TEST_CASE("PBKDF2 of more iterations than the limit is not computed, nor one for a key of another size") {
  const Octets der = make_pbkdf2(system_random(), 100'001, 32);
  const auto algorithm = asn1::decode<asn1::AlgorithmIdentifier>(der).value();
  CHECK(keys().derive(algorithm, bytes_of("passwd"), 32, {}).error().kind == Kind::too_much_work);
  const MacLimits more{.max_iterations = 100'001};
  CHECK(keys().derive(algorithm, bytes_of("passwd"), 16, more).error().kind == Kind::bad_parameters);
}

TEST_CASE("both sides of a key agreement get the same secret") {
  const auto row = GENERATE(values<Agreeing>({{"ec:P-256", nullptr},
                                              {"ec:P-384", nullptr},
                                              {"ec:P-521", nullptr},
                                              {"ec:brainpoolP256r1", nullptr},
                                              x25519,
                                              x448}));
  CAPTURE(row.name);
  const PrivateKey key = agreeing_key(row);
  const auto decryptor = key.decryptor().value();
  CHECK(same_octets(decryptor->public_key(), key.public_key()));
  const auto agreement = keys().agree(key.public_key());
  REQUIRE(agreement);
  CHECK(octets(decryptor->agree(agreement->public_key).value()) == octets(agreement->secret));
  CHECK(octets(keys().agree(key.public_key())->secret) != octets(agreement->secret));  // ephemeral
  CHECK(decryptor->receive({}, Octets(256), 32).error().kind == Kind::bad_key);
}

TEST_CASE("X25519: the vector of RFC 7748 Section 6.1, and no agreement on zero (RFC 8418 Section 2)") {
  const auto decryptor = agreeing_key(x25519).decryptor().value();
  const std::string prefix = "302a300506032b656e032100";
  CHECK(octets(decryptor->agree(hex(prefix + "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"))
                   .value()) == hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"));
  Octets zero = hex(prefix);
  zero.resize(zero.size() + 32);
  CHECK_FALSE(decryptor->agree(zero));
}

TEST_CASE("no agreement between keys of different types, nor with what is no point of the curve") {
  const PrivateKey key = PrivateKey::generate("ec:P-256").value();
  const auto decryptor = key.decryptor().value();
  CHECK_FALSE(decryptor->agree(PrivateKey::generate("ec:P-384")->public_key()));
  CHECK_FALSE(decryptor->agree(PrivateKey::generate("ed25519")->public_key()));
  Octets off_curve = copy_of(key.public_key());
  off_curve.back() ^= 1;
  CHECK_FALSE(decryptor->agree(off_curve));
  CHECK_FALSE(keys().agree(off_curve));
  CHECK_FALSE(keys().agree(PrivateKey::generate("ed25519")->public_key()));
  CHECK_FALSE(PrivateKey::generate("ed25519")->decryptor());
}

TEST_CASE("key transport to RSA: what is damaged gives another key, not an error") {
  static const PrivateKey key = PrivateKey::generate("rsa:2048").value();
  const auto decryptor = key.decryptor().value();
  const KeyTransport how = GENERATE(values<KeyTransport>({{KeyTransport::Scheme::oaep, Digest::sha256},
                                                          {KeyTransport::Scheme::oaep, Digest::sha512},
                                                          {KeyTransport::Scheme::pkcs1, {}}}));
  const Octets content(32, 7);
  const Octets encrypted = keys().transport(how, key.public_key(), content).value();
  CHECK(octets(decryptor->receive(how, encrypted, 32).value()) == content);
  Octets damaged = encrypted;
  damaged[100] ^= 1;
  const auto other = decryptor->receive(how, damaged, 32);
  REQUIRE(other);
  CHECK(other->size() == 32);
  CHECK(octets(*other) != content);
  CHECK(decryptor->receive(how, encrypted, 16)->size() == 16);
  CHECK_FALSE(decryptor->agree(key.public_key()));
  CHECK(keys().transport(how, PrivateKey::generate("ec:P-256")->public_key(), content).error().kind == Kind::bad_key);

  const Octets der = identifier_of(how);
  const auto read = key_transport_algorithm(asn1::decode<asn1::AlgorithmIdentifier>(der).value());
  REQUIRE(read);
  CHECK(read->scheme == how.scheme);
  if (how.scheme == KeyTransport::Scheme::oaep) CHECK(read->digest == how.digest);
}

TEST_CASE("AES-CBC: what was encrypted is decrypted; a wrong key or cut content is refused") {
  const std::size_t size = GENERATE(16U, 24U, 32U);
  const Octets key(size, 1), iv(16, 2), content(100, 3);
  const Octets encrypted = keys().encrypt(key, iv, content).value();
  CHECK(encrypted.size() == 112);
  CHECK(octets(keys().decrypt(key, iv, encrypted).value()) == content);
  CHECK_FALSE(keys().decrypt(key, iv, Bytes(encrypted).first(100)));
  CHECK_FALSE(keys().decrypt(key, iv, {}));
  CHECK_FALSE(keys().decrypt(Octets(15), iv, encrypted));
  CHECK_FALSE(keys().decrypt(key, Octets(8), encrypted));
}

TEST_CASE("RSAES-OAEP with SHA-1, two digests, a label or no MGF1 is refused") {
  const auto refused = [](const asn1::RsaesOaepParams& parameters) {
    const Octets der = asn1::encode(parameters);
    return !key_transport_algorithm({asn1::id_RSAES_OAEP, asn1::Any{der}});
  };
  CHECK(refused({}));  // the DEFAULT is SHA-1
  asn1::RsaesOaepParams oaep;
  const Octets sha256 = asn1::encode(identifier_of(Digest::sha256));
  oaep.hashFunc = identifier_of(Digest::sha256);
  CHECK(refused(oaep));
  oaep.maskGenFunc = {asn1::id_mgf1, asn1::Any{sha256}};
  CHECK_FALSE(refused(oaep));
  const Octets label = hex("040101");
  oaep.pSourceFunc.parameters = asn1::Any{label};
  CHECK(refused(oaep));
  CHECK_FALSE(key_transport_algorithm({asn1::id_RSAES_OAEP, std::nullopt}));
  CHECK(key_transport_algorithm({asn1::id_ecPublicKey, std::nullopt}).error().kind == Kind::unknown_algorithm);
}

TEST_CASE("octets of a secret are wiped before their memory is given back") {
  std::uint8_t octets[] = {1, 2, 3};
  wipe(octets);
  CHECK(std::ranges::all_of(octets, [](auto octet) { return octet == 0; }));
}
