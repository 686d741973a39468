#include <botan/cipher_mode.h>
#include <botan/pwdhash.h>
#include <botan/system_rng.h>

#include <algorithm>
#include <array>

#include "cmp/crypto/botan/guard.h"
#include "cmp/crypto/botan/pkcs8.h"
#include "cmp/crypto/parameters.h"
#include "cmpkit/asn1/algorithms.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {

namespace {

constexpr std::size_t our_iterations = 600'000;
constexpr std::int64_t max_iterations = 10'000'000;  // a second or two

struct Prf {
  asn1::Oid oid;
  const char* pbkdf;
};
constexpr std::array prfs{
    Prf{asn1::id_hmacWithSHA256, "PBKDF2(HMAC(SHA-256))"}, Prf{asn1::id_hmacWithSHA1, "PBKDF2(HMAC(SHA-1))"},
    Prf{asn1::id_hmacWithSHA384, "PBKDF2(HMAC(SHA-384))"}, Prf{asn1::id_hmacWithSHA512, "PBKDF2(HMAC(SHA-512))"},
    Prf{asn1::id_hmacWithSHA224, "PBKDF2(HMAC(SHA-224))"},
};

struct CipherRow {
  asn1::Oid oid;
  std::size_t key_size;
  const char* name;
};
constexpr std::array ciphers{
    CipherRow{asn1::id_aes256_CBC, 32, "AES-256/CBC/PKCS7"},
    CipherRow{asn1::id_aes192_CBC, 24, "AES-192/CBC/PKCS7"},
    CipherRow{asn1::id_aes128_CBC, 16, "AES-128/CBC/PKCS7"},
};

template <class Rows>
auto find(const Rows& rows, asn1::Oid id) {
  const auto row = std::ranges::find_if(rows, [&](const auto& r) { return r.oid == id; });
  return row == rows.end() ? nullptr : &*row;
}

Secret derive(const char* pbkdf, std::size_t iterations, Bytes salt, std::string_view passphrase, std::size_t size) {
  Secret key(size);
  const auto family = Botan::PasswordHashFamily::create_or_throw(pbkdf);
  family->from_params(iterations)->hash(key, passphrase, salt);
  return key;
}

CryptoResult<Secret> derive_key(const asn1::AlgorithmIdentifier& algorithm, std::string_view passphrase,
                                std::size_t size) {
  if (!(algorithm.algorithm == asn1::id_PBKDF2) || !algorithm.parameters)
    return bad_key("PBES2: unknown key derivation " + asn1::name_of(algorithm.algorithm));
  const auto pbkdf2 = asn1::decode<asn1::Pbkdf2Params>(algorithm.parameters->tlv);
  if (!pbkdf2) return bad_key("PBKDF2: " + pbkdf2.error().text());
  const auto* salt = std::get_if<asn1::Pbkdf2Salt::specified>(&pbkdf2->salt.value);
  const auto* prf = find(prfs, pbkdf2->prf.algorithm);
  if (salt == nullptr || prf == nullptr)
    return bad_key("PBKDF2: unknown salt or PRF " + asn1::name_of(pbkdf2->prf.algorithm));
  if (pbkdf2->iterationCount > max_iterations) return too_much_work("PBKDF2: more than 10 million iterations");
  return derive(prf->pbkdf, static_cast<std::size_t>(pbkdf2->iterationCount), *salt, passphrase, size);
}

CryptoResult<Secret> decrypt(const asn1::Pbes2Params& pbes2, Bytes data, std::string_view passphrase) {
  const auto* cipher = find(ciphers, pbes2.encryptionScheme.algorithm);
  if (cipher == nullptr || !pbes2.encryptionScheme.parameters)
    return bad_key("PBES2: unknown cipher " + asn1::name_of(pbes2.encryptionScheme.algorithm));
  const auto iv = asn1::decode<asn1::AesIv>(pbes2.encryptionScheme.parameters->tlv);
  if (!iv) return bad_key("PBES2: initialisation vector: " + iv.error().text());
  const auto key = derive_key(pbes2.keyDerivationFunc, passphrase, cipher->key_size);
  if (!key) return tl::unexpected(key.error());
  const auto mode = Botan::Cipher_Mode::create_or_throw(cipher->name, Botan::Cipher_Dir::Decryption);
  mode->set_key(*key);
  mode->start(*iv);
  Secret text(data.begin(), data.end());
  mode->finish(text);
  return text;
}

template <std::size_t Size>
std::array<std::uint8_t, Size> fresh() {
  std::array<std::uint8_t, Size> octets;
  Botan::system_rng().randomize(octets);
  return octets;
}

Octets pbes2_parameters(Bytes salt, Bytes iv) {
  asn1::Pbkdf2Params pbkdf2;
  pbkdf2.salt.value.emplace<asn1::Pbkdf2Salt::specified>(salt);
  pbkdf2.iterationCount = our_iterations;
  pbkdf2.prf = {asn1::id_hmacWithSHA256, null_parameters()};
  const auto derivation = asn1::encode(pbkdf2);
  const auto iv_der = asn1::encode(asn1::AesIv(iv));
  return asn1::encode(
      asn1::Pbes2Params{{asn1::id_PBKDF2, asn1::Any{derivation}}, {asn1::id_aes256_CBC, asn1::Any{iv_der}}});
}

}  // namespace

CryptoResult<Secret> decrypt_pkcs8(Bytes der, std::string_view passphrase) {
  const auto info = asn1::decode<asn1::EncryptedPrivateKeyInfo>(der);
  if (!info) return bad_key("encrypted private key: " + info.error().text());
  if (passphrase.empty()) return bad_key("the private key is encrypted, and there is no passphrase");
  const auto& algorithm = info->encryptionAlgorithm;
  if (!(algorithm.algorithm == asn1::id_PBES2) || !algorithm.parameters)
    return bad_key("encrypted private key: unknown encryption " + asn1::name_of(algorithm.algorithm));
  const auto pbes2 = asn1::decode<asn1::Pbes2Params>(algorithm.parameters->tlv);
  if (!pbes2) return bad_key("PBES2: " + pbes2.error().text());
  return guarded(CryptoError::Kind::bad_key, "the private key cannot be decrypted, is the passphrase right?",
                 [&] { return decrypt(*pbes2, info->encryptedData, passphrase); });
}

Octets encrypt_pkcs8(Bytes pkcs8, std::string_view passphrase) {
  const auto salt = fresh<16>();
  const auto iv = fresh<16>();
  const auto mode = Botan::Cipher_Mode::create_or_throw("AES-256/CBC/PKCS7", Botan::Cipher_Dir::Encryption);
  mode->set_key(derive("PBKDF2(HMAC(SHA-256))", our_iterations, salt, passphrase, 32));
  mode->start(iv);
  Secret data(pkcs8.begin(), pkcs8.end());
  mode->finish(data);
  const auto parameters = pbes2_parameters(salt, iv);
  return asn1::encode(asn1::EncryptedPrivateKeyInfo{{asn1::id_PBES2, asn1::Any{parameters}}, data});
}

}  // namespace cmpkit::cmp
