// What the protectionAlg of a MAC-protected message asks for, read and held to the limits before anything is computed:
// PasswordBasedMac, PBMAC1 and the MACs of RFC 9481 Section 6.
#pragma once

#include <string>
#include <variant>

#include "cmpkit/cmp/algorithms.h"

namespace cmpkit::cmp {

enum class MacScheme : std::uint8_t { hmac, kmac, gmac };

/// A MAC by itself, without the derivation of its key.
struct MacAlgorithm {
  asn1::Oid oid;
  std::string_view name;  // `HMAC-SHA256`
  MacScheme scheme;
  Digest digest = Digest::sha256;  // HMAC: its hash; KMAC: shake128 or shake256
  std::size_t key_size = 0;        // octets: what GMAC needs exactly, and others get where nothing else says
  std::size_t tag_size = 0;        // octets
  Bytes nonce{};                   // GMAC
  Bytes customization{};           // KMAC
};

/// PasswordBasedMac. The views point into the parameters.
struct PbmAlgorithm {
  Bytes salt;
  Digest owf;
  std::size_t iterations;
  MacAlgorithm mac;
};

/// PBKDF2. The view points into the parameters.
struct Pbkdf2Algorithm {
  Bytes salt;
  std::size_t iterations;
  std::optional<std::int64_t> key_size;  // octets
  Digest prf;
};

/// PBMAC1 with PBKDF2. The views point into the parameters.
struct Pbmac1Algorithm {
  Bytes salt;
  std::size_t iterations;
  std::size_t key_size;  // octets
  Digest prf;
  MacAlgorithm mac;
};

using MacParameters = std::variant<MacAlgorithm, PbmAlgorithm, Pbmac1Algorithm>;

/// `unknown_algorithm`, `bad_parameters`, or `too_much_work` for what exceeds the limits.
CryptoResult<MacParameters> read_mac_parameters(const asn1::AlgorithmIdentifier& algorithm, const MacLimits& limits);

/// The same for a key derivation by PBKDF2 (RFC 8018 Appendix A.2); errors begin with `who`.
CryptoResult<Pbkdf2Algorithm> read_pbkdf2(const asn1::AlgorithmIdentifier& algorithm, const std::string& who,
                                          const MacLimits& limits);

/// The AlgorithmIdentifier (DER) of PBKDF2 with HMAC over `prf`, a fresh salt of 16 octets and this length of the key.
Octets make_pbkdf2(Random& random, std::int64_t iterations, std::size_t key_size, Digest prf = Digest::sha256);

}  // namespace cmpkit::cmp
