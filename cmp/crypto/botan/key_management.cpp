#include "cmp/crypto/botan/key_management.h"

#include <botan/block_cipher.h>
#include <botan/cipher_mode.h>
#include <botan/ec_group.h>
#include <botan/ecdh.h>
#include <botan/kdf.h>
#include <botan/mem_ops.h>
#include <botan/nist_keywrap.h>
#include <botan/pubkey.h>
#include <botan/pwdhash.h>
#include <botan/system_rng.h>
#include <botan/x25519.h>
#include <botan/x448.h>

#include "cmp/crypto/botan/decryptor.h"
#include "cmp/crypto/botan/guard.h"
#include "cmp/crypto/botan/names.h"
#include "cmp/crypto/botan/public_key.h"
#include "cmp/crypto/mac_parameters.h"

namespace cmpkit::cmp {

namespace {

using Kind = CryptoError::Kind;

CryptoResult<std::unique_ptr<Botan::Private_Key>> ephemeral_key(const KeyType& type) {
  auto& rng = Botan::system_rng();
  switch (type.family) {
    case KeyFamily::ec:
      return std::make_unique<Botan::ECDH_PrivateKey>(rng,
                                                      Botan::EC_Group::from_OID(Botan::OID(asn1::dotted(type.curve))));
    case KeyFamily::x25519:
      return std::make_unique<Botan::X25519_PrivateKey>(rng);
    case KeyFamily::x448:
      return std::make_unique<Botan::X448_PrivateKey>(rng);
    default:
      return bad_key("there is no key agreement with a key of type " + std::string(type.name));
  }
}

/// A public key of the same type. Botan writes id-ecDH for what RFC 5753 Section 3.1.1 calls id-ecPublicKey.
Octets with_key_bits(Bytes public_key, Bytes bits) {
  auto info = asn1::decode<asn1::SubjectPublicKeyInfo>(public_key).value();
  info.subjectPublicKey = {bits};
  return asn1::encode(info);
}

CryptoResult<std::unique_ptr<Botan::BlockCipher>> aes(Bytes key) {
  if (key.size() != 16 && key.size() != 24 && key.size() != 32) return bad_key("a key of AES has 16, 24 or 32 octets");
  auto cipher = Botan::BlockCipher::create_or_throw("AES-" + std::to_string(key.size() * 8));
  cipher->set_key(key);
  return cipher;
}

CryptoResult<Botan::secure_vector<std::uint8_t>> run_cbc(Botan::Cipher_Dir direction, Bytes key, Bytes iv, Bytes text) {
  if (key.size() != 16 && key.size() != 24 && key.size() != 32) return bad_key("a key of AES has 16, 24 or 32 octets");
  if (iv.size() != 16) return bad_parameters("the initialisation vector of AES-CBC has 16 octets");  // RFC 3565
  const auto mode =
      Botan::Cipher_Mode::create_or_throw("AES-" + std::to_string(key.size() * 8) + "/CBC/PKCS7", direction);
  mode->set_key(key);
  mode->start(iv);
  Botan::secure_vector<std::uint8_t> out(text.begin(), text.end());
  mode->finish(out);
  return out;
}

class BotanKeyManagement final : public KeyManagement {
 public:
  [[nodiscard]] CryptoResult<Octets> transport(const KeyTransport& how, Bytes public_key, Bytes key) const override {
    const auto recipient = load_public_key(public_key);
    if (!recipient) return tl::unexpected(recipient.error());
    if (recipient->type->family != KeyFamily::rsa)
      return bad_key("there is no key transport to a key of type " + std::string(recipient->type->name));
    return guarded(Kind::failure, "key transport", [&]() -> CryptoResult<Octets> {
      auto& rng = Botan::system_rng();
      const Botan::PK_Encryptor_EME encryptor(*recipient->key, rng, botan_padding(how));
      return encryptor.encrypt(key, rng);
    });
  }

  [[nodiscard]] CryptoResult<EphemeralAgreement> agree(Bytes public_key) const override {
    const auto recipient = load_public_key(public_key);
    if (!recipient) return tl::unexpected(recipient.error());
    return guarded(Kind::failure, "key agreement", [&]() -> CryptoResult<EphemeralAgreement> {
      const auto own = ephemeral_key(*recipient->type);
      if (!own) return tl::unexpected(own.error());
      auto own_public = with_key_bits(public_key, (*own)->public_key_bits());
      auto secret = agreed_secret(**own, own_public, public_key);
      if (!secret) return tl::unexpected(secret.error());
      return EphemeralAgreement{std::move(own_public), std::move(*secret)};
    });
  }

  [[nodiscard]] CryptoResult<SecretOctets> derive(const KeyDerivation& how, Bytes secret, Bytes salt, Bytes info,
                                                  std::size_t size) const override {
    return guarded(Kind::failure, "key derivation", [&]() -> CryptoResult<SecretOctets> {
      SecretOctets key(size);
      if (how.function == KeyDerivation::Function::hkdf)
        Botan::KDF::create_or_throw("HKDF(" + botan_hash(how.digest) + ")")->derive_key(key, secret, salt, info);
      else  // KDF2 of ISO 18033-2 is the KDF of X9.63
        Botan::KDF::create_or_throw("KDF2(" + botan_hash(how.digest) + ")")->derive_key(key, secret, Bytes{}, info);
      return key;
    });
  }

  [[nodiscard]] CryptoResult<SecretOctets> derive(const asn1::AlgorithmIdentifier& pbkdf2, Bytes password,
                                                  std::size_t size, const MacLimits& limits) const override {
    if (password.empty()) return bad_key("the shared secret is empty");
    const auto parameters = read_pbkdf2(pbkdf2, "key derivation", limits);
    if (!parameters) return tl::unexpected(parameters.error());
    if (parameters->key_size && *parameters->key_size != static_cast<std::int64_t>(size))
      return bad_parameters("PBKDF2: keyLength is not the length of the key that is wanted");
    return guarded(Kind::failure, "PBKDF2", [&]() -> CryptoResult<SecretOctets> {
      SecretOctets key(size);
      const auto family = Botan::PasswordHashFamily::create_or_throw(botan_pbkdf2(parameters->prf));
      family->from_params(parameters->iterations)->hash(key, text_of(password), parameters->salt);
      return key;
    });
  }

  [[nodiscard]] CryptoResult<Octets> wrap(Bytes wrapping_key, Bytes key) const override {
    return guarded(Kind::failure, "key wrap", [&]() -> CryptoResult<Octets> {
      const auto cipher = aes(wrapping_key);
      if (!cipher) return tl::unexpected(cipher.error());
      return Botan::nist_key_wrap(key, **cipher);
    });
  }

  [[nodiscard]] CryptoResult<SecretOctets> unwrap(Bytes wrapping_key, Bytes wrapped) const override {
    return guarded(Kind::mismatch, "key wrap", [&]() -> CryptoResult<SecretOctets> {
      const auto cipher = aes(wrapping_key);
      if (!cipher) return tl::unexpected(cipher.error());
      const auto key = Botan::nist_key_unwrap(wrapped, **cipher);
      return SecretOctets(key.begin(), key.end());
    });
  }

  [[nodiscard]] CryptoResult<Octets> encrypt(Bytes key, Bytes iv, Bytes content) const override {
    return guarded(Kind::failure, "AES-CBC", [&]() -> CryptoResult<Octets> {
      const auto encrypted = run_cbc(Botan::Cipher_Dir::Encryption, key, iv, content);
      if (!encrypted) return tl::unexpected(encrypted.error());
      return Octets(encrypted->begin(), encrypted->end());
    });
  }

  [[nodiscard]] CryptoResult<SecretOctets> decrypt(Bytes key, Bytes iv, Bytes encrypted) const override {
    return guarded(Kind::mismatch, "AES-CBC", [&]() -> CryptoResult<SecretOctets> {
      const auto content = run_cbc(Botan::Cipher_Dir::Decryption, key, iv, encrypted);
      if (!content) return tl::unexpected(content.error());
      return SecretOctets(content->begin(), content->end());
    });
  }
};

}  // namespace

const KeyManagement& botan_key_management() {
  static const BotanKeyManagement key_management;
  return key_management;
}

void wipe(std::span<std::uint8_t> octets) noexcept { Botan::secure_scrub_memory(octets.data(), octets.size()); }

}  // namespace cmpkit::cmp
