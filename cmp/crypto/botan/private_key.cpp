#include <botan/ec_group.h>
#include <botan/ecdsa.h>
#include <botan/ed25519.h>
#include <botan/ed448.h>
#include <botan/mem_ops.h>
#include <botan/ml_dsa.h>
#include <botan/rsa.h>
#include <botan/slh_dsa.h>
#include <botan/system_rng.h>

#include <charconv>

#include "cmp/crypto/botan/decryptor.h"
#include "cmp/crypto/botan/guard.h"
#include "cmp/crypto/botan/pkcs8.h"
#include "cmp/crypto/botan/signer.h"
#include "cmpkit/asn1/cms.h"
#include "cmpkit/cmp/keys.h"
#include "cmpkit/cmp/pem.h"

namespace cmpkit::cmp {

namespace {

using Key = std::unique_ptr<Botan::Private_Key>;

Botan::OID botan_oid(asn1::Oid oid) { return Botan::OID(asn1::dotted(oid)); }

/// The size in `rsa:3072`; 0 for another text or a size we do not make.
std::size_t rsa_bits(std::string_view type) {
  if (!type.starts_with("rsa:") && !type.starts_with("RSA:")) return 0;
  std::size_t bits = 0;
  const auto [end, error] = std::from_chars(type.data() + 4, type.data() + type.size(), bits);
  const bool whole = error == std::errc() && end == type.data() + type.size();
  return whole && bits >= 2048 && bits <= 16384 && bits % 8 == 0 ? bits : 0;
}

Key make(const KeyType& type) {
  auto& rng = Botan::system_rng();
  switch (type.family) {
    case KeyFamily::ec:
      return std::make_unique<Botan::ECDSA_PrivateKey>(rng, Botan::EC_Group::from_OID(botan_oid(type.curve)));
    case KeyFamily::ed25519:
      return std::make_unique<Botan::Ed25519_PrivateKey>(rng);
    case KeyFamily::ed448:
      return std::make_unique<Botan::Ed448_PrivateKey>(rng);
    case KeyFamily::ml_dsa:
      return std::make_unique<Botan::ML_DSA_PrivateKey>(rng, Botan::ML_DSA_Mode(botan_oid(type.algorithm)));
    case KeyFamily::slh_dsa:
      return std::make_unique<Botan::SLH_DSA_PrivateKey>(rng,
                                                         Botan::SLH_DSA_Parameters::create(botan_oid(type.algorithm)));
    default:
      return nullptr;
  }
}

CryptoResult<Key> generate_key(std::string_view text) {
  if (const auto bits = rsa_bits(text); bits != 0)
    return std::make_unique<Botan::RSA_PrivateKey>(Botan::system_rng(), bits);
  const auto* type = key_type_named(text);
  auto key = type != nullptr ? make(*type) : nullptr;
  if (!key)
    return unknown_algorithm("no key type '" + std::string(text) +
                             "' to sign with; for example ec:P-256, rsa:3072, ed25519, ml-dsa-65");
  return key;
}

CryptoResult<Key> read_encrypted(Bytes der, std::string_view passphrase) {
  const auto pkcs8 = decrypt_pkcs8(der, passphrase);
  if (!pkcs8) return tl::unexpected(pkcs8.error());
  return read_pkcs8(*pkcs8);
}

/// By the label of its PEM block; nothing for a block that is no private key.
std::optional<CryptoResult<Key>> read_block(const PemBlock& block, std::string_view passphrase) {
  if (block.label == "PRIVATE KEY") return read_pkcs8(block.der);
  if (block.label == "ENCRYPTED PRIVATE KEY") return read_encrypted(block.der, passphrase);
  if (block.label == "EC PRIVATE KEY") return read_ec_private_key(block.der);
  if (block.label == "RSA PRIVATE KEY") return read_rsa_private_key(block.der);
  return std::nullopt;
}

CryptoResult<Key> read_pem(std::vector<PemBlock>& blocks, std::string_view passphrase) {
  std::optional<CryptoResult<Key>> key;
  for (auto& block : blocks) {
    if (!key) key = read_block(block, passphrase);
    Botan::secure_scrub_memory(block.der.data(), block.der.size());
  }
  if (!key) return bad_key("no private key in the PEM file");
  return std::move(*key);
}

/// The formats tell themselves apart by their first fields; the error of PKCS #8 is told where none fits.
CryptoResult<Key> read_der(Bytes der, std::string_view passphrase) {
  auto key = read_pkcs8(der);
  if (key) return key;
  if (asn1::decode<asn1::EncryptedPrivateKeyInfo>(der)) return read_encrypted(der, passphrase);
  if (auto ec = read_ec_private_key(der)) return ec;
  if (auto rsa = read_rsa_private_key(der)) return rsa;
  return key;
}

}  // namespace

struct PrivateKey::Implementation {
  std::shared_ptr<const Botan::Private_Key> key;
  Octets public_key;
};

PrivateKey::PrivateKey(std::shared_ptr<const Implementation> implementation)
    : implementation_(std::move(implementation)) {}
PrivateKey::PrivateKey(PrivateKey&&) noexcept = default;
PrivateKey& PrivateKey::operator=(PrivateKey&&) noexcept = default;
PrivateKey::~PrivateKey() = default;

CryptoResult<PrivateKey> PrivateKey::generate(std::string_view type) {
  return guarded(CryptoError::Kind::failure, "key generation", [&]() -> CryptoResult<PrivateKey> {
    auto key = generate_key(type);
    if (!key) return tl::unexpected(std::move(key.error()));
    auto public_key = (*key)->subject_public_key();
    return PrivateKey(std::make_shared<Implementation>(Implementation{std::move(*key), std::move(public_key)}));
  });
}

bool PrivateKey::can_generate(std::string_view type) {
  const auto* known = key_type_named(type);
  if (known == nullptr) return false;
  return known->family == KeyFamily::rsa ? rsa_bits(type) != 0 : known->can_sign;
}

CryptoResult<PrivateKey> PrivateKey::load(Bytes file, std::string_view passphrase) {
  return guarded(CryptoError::Kind::bad_key, "private key", [&]() -> CryptoResult<PrivateKey> {
    auto blocks = decode_pem(text_of(file));
    if (!blocks) return bad_key(std::move(blocks.error().text));
    auto key = blocks->empty() ? read_der(file, passphrase) : read_pem(*blocks, passphrase);
    if (!key) return tl::unexpected(std::move(key.error()));
    auto public_key = (*key)->subject_public_key();
    return PrivateKey(std::make_shared<Implementation>(Implementation{std::move(*key), std::move(public_key)}));
  });
}

Bytes PrivateKey::public_key() const { return implementation_->public_key; }

CryptoResult<std::string> PrivateKey::to_pem(std::string_view passphrase) const {
  return guarded(CryptoError::Kind::failure, "private key", [&]() -> CryptoResult<std::string> {
    const auto pkcs8 = write_pkcs8(*implementation_->key);
    if (passphrase.empty()) return encode_pem("PRIVATE KEY", pkcs8);
    return encode_pem("ENCRYPTED PRIVATE KEY", encrypt_pkcs8(pkcs8, passphrase));
  });
}

CryptoResult<std::unique_ptr<Signer>> PrivateKey::signer(const SignatureChoice& choice) const {
  return make_signer(implementation_->key, implementation_->public_key, choice);
}

CryptoResult<std::unique_ptr<Decryptor>> PrivateKey::decryptor() const {
  return make_decryptor(implementation_->key, implementation_->public_key);
}

CryptoResult<SecretOctets> PrivateKey::pkcs8() const {
  return guarded(CryptoError::Kind::failure, "private key",
                 [&]() -> CryptoResult<SecretOctets> { return write_pkcs8(*implementation_->key); });
}

}  // namespace cmpkit::cmp
