#include "cmp/crypto/botan/decryptor.h"

#include <botan/ecdh.h>
#include <botan/pubkey.h>
#include <botan/rsa.h>
#include <botan/system_rng.h>

#include <algorithm>

#include "cmp/crypto/botan/guard.h"
#include "cmp/crypto/botan/names.h"
#include "cmp/crypto/botan/public_key.h"

namespace cmpkit::cmp {

namespace {

class BotanDecryptor final : public Decryptor {
 public:
  BotanDecryptor(std::shared_ptr<const Botan::Private_Key> key, Bytes public_key)
      : key_(std::move(key)), public_key_(copy_of(public_key)) {}

  [[nodiscard]] Bytes public_key() const override { return public_key_; }

  [[nodiscard]] CryptoResult<SecretOctets> receive(const KeyTransport& transport, Bytes encrypted,
                                                   std::size_t size) const override {
    if (key_->algo_name() != "RSA") return bad_key("the key is none for key transport");
    return guarded(CryptoError::Kind::failure, "key transport", [&]() -> CryptoResult<SecretOctets> {
      auto& rng = Botan::system_rng();
      const Botan::PK_Decryptor_EME decryptor(*key_, rng, botan_padding(transport));
      const auto key = decryptor.decrypt_or_random(encrypted.data(), encrypted.size(), size, rng);
      return SecretOctets(key.begin(), key.end());
    });
  }

  [[nodiscard]] CryptoResult<SecretOctets> agree(Bytes public_key) const override {
    return agreed_secret(*key_, public_key_, public_key);
  }

 private:
  std::shared_ptr<const Botan::Private_Key> key_;
  Octets public_key_;
};

bool is_zero(Bytes octets) {
  std::uint8_t all = 0;
  for (const auto octet : octets) all |= octet;
  return all == 0;
}

}  // namespace

std::string botan_padding(const KeyTransport& transport) {
  return transport.scheme == KeyTransport::Scheme::pkcs1 ? "PKCS1v15" : "OAEP(" + botan_hash(transport.digest) + ")";
}

CryptoResult<SecretOctets> agreed_secret(const Botan::Private_Key& key, Bytes own_public_key, Bytes public_key) {
  const auto own = load_public_key(own_public_key);
  if (!own) return tl::unexpected(own.error());
  const auto peer = load_public_key(public_key);  // for EC: a point of the curve
  if (!peer) return tl::unexpected(peer.error());
  if (own->type != peer->type || !key.supports_operation(Botan::PublicKeyOperation::KeyAgreement))
    return bad_key("a key of type " + std::string(own->type->name) + " does not agree with one of type " +
                   std::string(peer->type->name));
  return guarded(CryptoError::Kind::bad_key, "key agreement", [&]() -> CryptoResult<SecretOctets> {
    const Botan::PK_Key_Agreement agreement(key, Botan::system_rng(), "Raw");
    const auto value = asn1::decode<asn1::SubjectPublicKeyInfo>(public_key)->subjectPublicKey.octets;
    const auto secret = agreement.derive_key(0, value).bits_of();
    if (is_zero(secret)) return bad_key("key agreement: the shared secret is zero");  // B-60, RFC 8418 Section 2
    return SecretOctets(secret.begin(), secret.end());
  });
}

CryptoResult<std::unique_ptr<Decryptor>> make_decryptor(std::shared_ptr<const Botan::Private_Key> key,
                                                        Bytes public_key) {
  return guarded(CryptoError::Kind::bad_key, "private key", [&]() -> CryptoResult<std::unique_ptr<Decryptor>> {
    if (key->algo_name() == "ECDSA")  // the same key under the name of its other use
      key = std::make_shared<Botan::ECDH_PrivateKey>(key->algorithm_identifier(), key->private_key_bits());
    if (key->algo_name() != "RSA" && !key->supports_operation(Botan::PublicKeyOperation::KeyAgreement))
      return bad_key("a key of type " + key->algo_name() + " can neither decrypt nor agree");
    return std::make_unique<BotanDecryptor>(std::move(key), public_key);
  });
}

}  // namespace cmpkit::cmp
