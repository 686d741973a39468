// Private keys that live in this process: made here or read from PKCS #8. They are used through `Signer` and
// `Decryptor` only; a key in an HSM or TPM is another Signer and Decryptor and never passes here.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "cmpkit/cmp/key_management.h"

namespace cmpkit::cmp {

/// A private key. Moves, does not copy; its octets are wiped when it goes.
class PrivateKey {
 public:
  /// Makes a key of this type: `ec:P-256`, `ec:P-384`, `ec:P-521`, `ec:brainpoolP256r1` (P384r1, P512r1), `rsa:3072`
  /// (2048 to 16384 bits), `ed25519`, `ed448`, `ml-dsa-44` (65, 87), `slh-dsa-sha2-128s` (all twelve sets). OpenSSL's
  /// spellings are taken too: `P-256`, `prime256v1`, `secp384r1`, `ED25519`, `ML-DSA-65`, ...
  /// `unknown_algorithm` for any other text.
  static CryptoResult<PrivateKey> generate(std::string_view type);

  /// Whether generate() makes keys of this type.
  static bool can_generate(std::string_view type);

  /// Reads PKCS #8 (RFC 5958), encrypted PKCS #8 (PBES2, RFC 8018), or what OpenSSL calls the traditional format of EC
  /// and RSA keys; PEM or DER, the first private key of the file. `bad_key` says what is wrong, a missing or wrong
  /// passphrase among it. The passphrase is not looked at where the key is not encrypted.
  static CryptoResult<PrivateKey> load(Bytes file, std::string_view passphrase = {});

  PrivateKey(PrivateKey&&) noexcept;
  PrivateKey& operator=(PrivateKey&&) noexcept;
  ~PrivateKey();

  /// DER of the SubjectPublicKeyInfo. The view lives as long as the key.
  [[nodiscard]] Bytes public_key() const;

  /// PKCS #8 as PEM; encrypted (PBES2: PBKDF2 with HMAC-SHA256, AES-256-CBC) where there is a passphrase.
  [[nodiscard]] CryptoResult<std::string> to_pem(std::string_view passphrase = {}) const;

  /// A signer by this key, which it keeps alive. `bad_parameters` for a choice the key does not offer, `bad_key` for a
  /// key that cannot sign.
  [[nodiscard]] CryptoResult<std::unique_ptr<Signer>> signer(const SignatureChoice& choice = {}) const;

  /// A decryptor by this key, which it keeps alive. `bad_key` for a key that can neither decrypt nor agree.
  [[nodiscard]] CryptoResult<std::unique_ptr<Decryptor>> decryptor() const;

  /// PKCS #8, not encrypted.
  [[nodiscard]] CryptoResult<SecretOctets> pkcs8() const;

 private:
  struct Implementation;
  explicit PrivateKey(std::shared_ptr<const Implementation> implementation);
  std::shared_ptr<const Implementation> implementation_;
};

/// The public key types we know, by their SubjectPublicKeyInfo algorithm.
enum class KeyFamily : std::uint8_t { rsa, ec, ed25519, ed448, ml_dsa, slh_dsa, x25519, x448, ml_kem };

/// One type of key. RSA has one row for all sizes: its name is `rsa` and its bits 0.
struct KeyType {
  std::string_view name;  // `ec:P-256`: the spelling of --newkeytype
  KeyFamily family;
  asn1::Oid algorithm;  // of the SubjectPublicKeyInfo
  asn1::Oid curve;      // namedCurve; empty: not EC
  unsigned bits;        // EC: of the order; else the classical strength doubled
  bool can_sign;
};

/// Every type that we know, RSA once. Static.
std::span<const KeyType> known_key_types();

/// The type that a person calls so, RSA with or without its size; null for a name we do not know.
const KeyType* key_type_named(std::string_view name);

/// The type of a public key, by the algorithm of its SubjectPublicKeyInfo. `unknown_algorithm` for a type or curve we
/// do not know, `bad_parameters` where its parameters break their rule.
CryptoResult<const KeyType*> key_type(const asn1::AlgorithmIdentifier& algorithm);

}  // namespace cmpkit::cmp
