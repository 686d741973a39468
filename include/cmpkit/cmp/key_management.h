// The seam to the cryptography that brings a key to a recipient (RFC 9481 Sections 4 and 5): key transport, key
// agreement, passwords, key wrap and content encryption. What holds a private key (file, HSM, TPM) is a Decryptor.
// Nothing here throws for what a peer sent.
#pragma once

#include "cmpkit/cmp/algorithms.h"
#include "cmpkit/cmp/secret_octets.h"

namespace cmpkit::cmp {

/// How an RSA key encrypts another key.
struct KeyTransport {
  enum class Scheme : std::uint8_t { oaep, pkcs1 };
  Scheme scheme = Scheme::oaep;
  Digest digest = Digest::sha256;  // RSAES-OAEP: of the label and of MGF1
};

/// How a shared secret becomes a key: the KDF of ANSI X9.63 (RFC 5753), HKDF (RFC 8418).
struct KeyDerivation {
  enum class Function : std::uint8_t { x963, hkdf };
  Function function = Function::x963;
  Digest digest = Digest::sha256;
};

/// A private key that opens what is meant for its public key. Safe to use from several threads at once.
class Decryptor {
 public:
  virtual ~Decryptor() = default;
  /// DER of the SubjectPublicKeyInfo. The view lives as long as the decryptor.
  [[nodiscard]] virtual Bytes public_key() const = 0;
  /// The key of `size` octets that was transported to an RSA key. Where what is encrypted is no key of this size,
  /// another one that nobody knows: an error would tell whoever tries many about the private key (RFC 3218). `bad_key`
  /// for a key that is no RSA key.
  [[nodiscard]] virtual CryptoResult<SecretOctets> receive(const KeyTransport& transport, Bytes encrypted,
                                                           std::size_t size) const = 0;
  /// The secret shared with the holder of `public_key` (DER of a SubjectPublicKeyInfo of the same type), never zero.
  /// `bad_key` where the two do not agree.
  [[nodiscard]] virtual CryptoResult<SecretOctets> agree(Bytes public_key) const = 0;
};

/// A key made for one agreement, and what came of it.
struct EphemeralAgreement {
  Octets public_key;  // DER of the SubjectPublicKeyInfo, for the other side
  SecretOctets secret;
};

/// The operations that need no private key of ours. Safe to use from several threads at once.
class KeyManagement {
 public:
  virtual ~KeyManagement() = default;

  /// Encrypts a key to an RSA key (DER of a SubjectPublicKeyInfo). `bad_key` for another one.
  [[nodiscard]] virtual CryptoResult<Octets> transport(const KeyTransport& transport, Bytes public_key,
                                                       Bytes key) const = 0;
  /// Makes a key of the type of `public_key` (EC, X25519, X448) and agrees with it. `bad_key` for other types.
  [[nodiscard]] virtual CryptoResult<EphemeralAgreement> agree(Bytes public_key) const = 0;

  /// `size` octets from a shared secret. `info` is SharedInfo of the KDF of X9.63, and info of HKDF, where `salt` is
  /// salt; the former has none.
  [[nodiscard]] virtual CryptoResult<SecretOctets> derive(const KeyDerivation& derivation, Bytes secret, Bytes salt,
                                                          Bytes info, std::size_t size) const = 0;
  /// `size` octets from a password by PBKDF2, whose parameters keep to the limits: `too_much_work` where not.
  [[nodiscard]] virtual CryptoResult<SecretOctets> derive(const asn1::AlgorithmIdentifier& pbkdf2, Bytes password,
                                                          std::size_t size, const MacLimits& limits) const = 0;

  /// AES Key Wrap (RFC 3394) by a key of 16, 24 or 32 octets. `mismatch`: what is unwrapped was wrapped by another key.
  [[nodiscard]] virtual CryptoResult<Octets> wrap(Bytes wrapping_key, Bytes key) const = 0;
  [[nodiscard]] virtual CryptoResult<SecretOctets> unwrap(Bytes wrapping_key, Bytes wrapped) const = 0;

  /// AES-CBC with the padding of CMS (RFC 5652 Section 6.3), by a key of 16, 24 or 32 octets and an IV of 16.
  [[nodiscard]] virtual CryptoResult<Octets> encrypt(Bytes key, Bytes iv, Bytes content) const = 0;
  [[nodiscard]] virtual CryptoResult<SecretOctets> decrypt(Bytes key, Bytes iv, Bytes encrypted) const = 0;
};

}  // namespace cmpkit::cmp
