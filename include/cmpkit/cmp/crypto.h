// The seam to cryptography. The engine asks these interfaces and nothing else; a provider (Botan, in cmp/crypto/botan)
// stands behind them, and what holds a private key (file, HSM, TPM) is a Signer. Nothing here throws for what a peer
// sent.
#pragma once

#include <memory>
#include <string>

#include <tl/expected.hpp>

#include "cmpkit/asn1/x509.h"
#include "cmpkit/octets.h"

namespace cmpkit::cmp {

/// A message in pieces: what is signed, hashed or authenticated is their concatenation, without copying it together.
using Pieces = std::span<const Bytes>;

/// Why a cryptographic operation gave no result.
struct CryptoError {
  enum class Kind {
    unknown_algorithm,  // not in the table of algorithms, or switched off: badAlg
    bad_parameters,     // in the table, but its parameters break its rule, or do not fit the key: badAlg
    bad_key,            // the key cannot be read, or is not usable with the algorithm
    mismatch,           // the signature or MAC is not right
    too_much_work,      // parameters that would cost more than the limits allow
    failure,            // the provider failed (device gone, out of entropy)
  };
  Kind kind;
  std::string text;  // one sentence for a person, without octets of keys or secrets
};

template <class T>
using CryptoResult = tl::expected<T, CryptoError>;

/// Something that signs: a key in memory, in a file, in a token. Safe to use from several threads at once.
class Signer {
 public:
  virtual ~Signer() = default;
  /// The AlgorithmIdentifier of the signatures it makes. The view lives as long as the signer.
  [[nodiscard]] virtual const asn1::AlgorithmIdentifier& algorithm() const = 0;
  /// DER of the SubjectPublicKeyInfo. The view lives as long as the signer.
  [[nodiscard]] virtual Bytes public_key() const = 0;
  /// The octets for the signature's BIT STRING.
  [[nodiscard]] virtual CryptoResult<Octets> sign(Pieces message) const = 0;
};

/// A message authentication code with its key already derived (PBM and PBKDF2 cost their iterations once).
/// Safe to use from several threads at once.
class Mac {
 public:
  virtual ~Mac() = default;
  [[nodiscard]] virtual Octets compute(Pieces message) const = 0;
  /// In constant time.
  [[nodiscard]] virtual bool verify(Pieces message, Bytes value) const = 0;
};

/// What a peer's MAC parameters may cost before it is authenticated (RFC 9810 Section 5.1.3.1, RFC 8018 A.2).
struct MacLimits {
  std::int64_t min_iterations = 100;      // B-13
  std::int64_t max_iterations = 100'000;  // as OpenSSL accepts
  std::size_t min_salt = 8;
  std::size_t max_salt = 256;
  std::size_t max_key = 512;  // octets
};

/// Randomness. Safe to use from several threads at once.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;
};

/// What the engine asks about a public key.
struct KeyDescription {
  std::string name;       // `ec:P-256`, `rsa:3072`, `ed25519`, `ml-dsa-65`, ...: the spelling of --newkeytype
  unsigned bits = 0;      // RSA: of the modulus; EC: of the order; else the classical strength doubled
  bool can_sign = false;  // false for X25519, ML-KEM, ...
};

class KeyManagement;  // key_management.h

/// The operations that need no private key of ours. Safe to use from several threads at once.
class Crypto {
 public:
  virtual ~Crypto() = default;

  /// Checks a signature over the message by the key in `public_key` (DER of a SubjectPublicKeyInfo).
  [[nodiscard]] virtual CryptoResult<void> verify(const asn1::AlgorithmIdentifier& algorithm, Bytes public_key,
                                                  Pieces message, Bytes signature) const = 0;

  /// The digest by this algorithm (SHA-2, SHA-3, SHAKE128/256, id-shake256-len).
  [[nodiscard]] virtual CryptoResult<Octets> hash(const asn1::AlgorithmIdentifier& algorithm, Pieces message) const = 0;

  /// The MAC that this protectionAlg names (PBM, PBMAC1, HMAC, KMAC, AES-GMAC), keyed by the shared secret.
  [[nodiscard]] virtual CryptoResult<std::unique_ptr<Mac>> mac(const asn1::AlgorithmIdentifier& algorithm, Bytes secret,
                                                               const MacLimits& limits) const = 0;

  /// Reads and checks a public key (DER of a SubjectPublicKeyInfo).
  [[nodiscard]] virtual CryptoResult<KeyDescription> describe(Bytes public_key) const = 0;

  /// Whether the nameConstraints of a CA certificate permit the names in a certificate below it (RFC 5280
  /// Section 4.2.1.10); both DER. The one part of path validation that is left to the provider.
  [[nodiscard]] virtual CryptoResult<bool> names_permitted(Bytes ca_certificate, Bytes certificate) const = 0;

  /// Encryption to peers and what belongs to it. Lives as long as this.
  [[nodiscard]] virtual const KeyManagement& key_management() const = 0;
};

}  // namespace cmpkit::cmp
