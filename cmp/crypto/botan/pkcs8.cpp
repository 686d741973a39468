#include "cmp/crypto/botan/pkcs8.h"

#include <botan/asn1_obj.h>
#include <botan/ber_dec.h>
#include <botan/pk_algs.h>
#include <botan/system_rng.h>

#include "cmp/crypto/botan/guard.h"
#include "cmp/crypto/parameters.h"
#include "cmpkit/asn1/algorithms.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/keys.h"

namespace cmpkit::cmp {

namespace {

bool is_ml_dsa(const asn1::AlgorithmIdentifier& algorithm) {
  const auto type = key_type(algorithm);
  return type && (*type)->family == KeyFamily::ml_dsa;
}

/// Botan reads and writes the bare seed of an ML-DSA key; RFC 9881 Section 6 has a CHOICE around it.
CryptoResult<Bytes> ml_dsa_seed(Bytes private_key) {
  const auto key = asn1::decode<asn1::MLPrivateKey>(private_key);
  if (!key) return bad_key("ML-DSA private key: " + key.error().text());
  if (const auto* seed = std::get_if<asn1::MLPrivateKey::seed>(&key->value)) return *seed;
  if (const auto* both = std::get_if<asn1::MLPrivateKey::both>(&key->value)) return both->seed;
  return bad_key("ML-DSA private key: in expanded form only, without the seed it came from");
}

CryptoResult<std::unique_ptr<Botan::Private_Key>> load(const asn1::AlgorithmIdentifier& algorithm, Bytes private_key) {
  return guarded(CryptoError::Kind::bad_key, "private key", [&]() -> CryptoResult<std::unique_ptr<Botan::Private_Key>> {
    const auto der = asn1::encode(algorithm);
    Botan::AlgorithmIdentifier id;
    Botan::BER_Decoder(der).decode(id);
    auto key = Botan::load_private_key(id, private_key);
    if (!key->check_key(Botan::system_rng(), false)) return bad_key("private key: its parts do not belong together");
    return key;
  });
}

}  // namespace

CryptoResult<std::unique_ptr<Botan::Private_Key>> read_pkcs8(Bytes der) {
  const auto info = asn1::decode<asn1::OneAsymmetricKey>(der);
  if (!info) return bad_key("PKCS #8: " + info.error().text());
  const auto type = key_type(info->privateKeyAlgorithm);
  if (!type) return bad_key("PKCS #8: " + type.error().text);
  if ((*type)->family != KeyFamily::ml_dsa) return load(info->privateKeyAlgorithm, info->privateKey);
  const auto seed = ml_dsa_seed(info->privateKey);
  if (!seed) return tl::unexpected(seed.error());
  return load(info->privateKeyAlgorithm, *seed);
}

CryptoResult<std::unique_ptr<Botan::Private_Key>> read_ec_private_key(Bytes der) {
  const auto key = asn1::decode<asn1::ECPrivateKey>(der);
  if (!key) return bad_key("EC private key: " + key.error().text());
  if (!key->parameters) return bad_key("EC private key: it does not name its curve");
  const auto curve = asn1::encode(*key->parameters);
  return load({asn1::id_ecPublicKey, asn1::Any{curve}}, der);
}

CryptoResult<std::unique_ptr<Botan::Private_Key>> read_rsa_private_key(Bytes der) {
  if (const auto key = asn1::decode<asn1::RSAPrivateKey>(der); !key)
    return bad_key("RSA private key: " + key.error().text());
  return load({asn1::rsaEncryption, null_parameters()}, der);
}

SecretOctets write_pkcs8(const Botan::Private_Key& key) {
  const auto id = key.pkcs8_algorithm_identifier().BER_encode();
  const auto bits = key.private_key_bits();
  asn1::OneAsymmetricKey info;
  info.privateKeyAlgorithm = asn1::decode<asn1::AlgorithmIdentifier>(id).value();
  info.privateKey = bits;
  SecretOctets choice;
  if (is_ml_dsa(info.privateKeyAlgorithm)) {
    asn1::MLPrivateKey seed;
    seed.value.emplace<asn1::MLPrivateKey::seed>(bits);
    choice = into_secret(asn1::encode(seed));
    info.privateKey = choice;
  }
  return into_secret(asn1::encode(info));
}

}  // namespace cmpkit::cmp
