// The algorithms we know, by their AlgorithmIdentifiers: digests, signatures and MACs, each with the rule for its
// parameters (RFC 9481, RFC 4055, RFC 5758, RFC 8410, RFC 8702, RFC 9688). Everything here is independent of the
// provider that computes. What is not in these tables is `unknown_algorithm`, and what breaks a rule `bad_parameters`;
// in PKIFailureInfo both are badAlg.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "cmpkit/asn1/codec.h"
#include "cmpkit/cmp/crypto.h"

namespace cmpkit::cmp {

struct KeyType;  // keys.h

/// An AlgorithmIdentifier together with its octets.
using OwnedAlgorithm = asn1::Owned<asn1::AlgorithmIdentifier>;

// --- digests ---------------------------------------------------------------------------------------------------------

enum class Digest : std::uint8_t {
  md5,
  sha1,
  sha224,
  sha256,
  sha384,
  sha512,
  sha512_224,
  sha512_256,
  sha3_224,
  sha3_256,
  sha3_384,
  sha3_512,
  shake128,  // with 256 bits of output (RFC 8702 Section 3.1)
  shake256,  // with 512 bits of output
};

struct DigestAlgorithm {
  Digest digest;
  asn1::Oid oid;
  std::string_view name;  // `SHA-256`
  std::size_t size;       // octets
  bool weak;              // MD5, SHA-1: nothing may be signed or identified by them (RFC 9481 Section 7.1)
};

/// The digest's row. Static.
const DigestAlgorithm& describe(Digest digest);

/// The digest that a person calls `sha256`, `SHA-256` or `SHA2-256`; nothing for a name we do not know.
std::optional<Digest> digest_named(std::string_view name);

/// The AlgorithmIdentifier as we write it: without parameters (RFC 5754 Section 2, RFC 9688, RFC 8702). Static octets.
asn1::AlgorithmIdentifier identifier_of(Digest digest);

/// The digest that an AlgorithmIdentifier names, weak or not. Parameters: NULL or absent for SHA-1 and SHA-2, absent
/// for SHA-3 and SHAKE; id-shake256-len carries INTEGER 512 (RFC 8702 Section 3.1, RFC 8419 Section 2.3).
CryptoResult<Digest> digest_algorithm(const asn1::AlgorithmIdentifier& algorithm);

// --- signatures ------------------------------------------------------------------------------------------------------

enum class SignatureScheme : std::uint8_t {
  rsa_pkcs1,  // RSASSA-PKCS1-v1_5
  rsa_pss,    // RSASSA-PSS with MGF1 over the same digest
  ecdsa,      // DER: ECDSA-Sig-Value
  pure,       // Ed25519, Ed448, ML-DSA, SLH-DSA: the key's algorithm is the signature's
};

struct SignatureAlgorithm {
  asn1::Oid oid;
  std::string_view name;  // as people say it: `ecdsa-with-SHA256`
  SignatureScheme scheme;
  std::optional<Digest> digest;  // none: the algorithm hashes by itself
  std::size_t salt_length = 0;   // octets; RSASSA-PSS only
};

/// The signature algorithm that an AlgorithmIdentifier names, its parameters checked. Algorithms over MD5 and SHA-1 are
/// `unknown_algorithm`: known, and refused.
CryptoResult<SignatureAlgorithm> signature_algorithm(const asn1::AlgorithmIdentifier& algorithm);

/// Checks that keys of this type make such signatures: `bad_parameters` where they do not.
CryptoResult<void> fits_key(const SignatureAlgorithm& algorithm, const KeyType& key);

/// What a signer shall use where the key leaves a choice.
struct SignatureChoice {
  std::optional<Digest> digest;  // none: as strong as the key (B-05)
  bool pss = false;              // RSA: RSASSA-PSS instead of PKCS #1 v1.5
};

/// The AlgorithmIdentifier for signatures by this key (DER of a SubjectPublicKeyInfo). `bad_parameters` for a choice
/// that the key does not offer or a weak digest, `bad_key` for a key that cannot sign or cannot be read.
CryptoResult<OwnedAlgorithm> choose_signature_algorithm(Bytes public_key, const SignatureChoice& choice = {});

/// The digest of a certificate that certHash holds (C-03, C-04; RFC 9810 Section 5.3.18, RFC 9481 Section 3.3): by
/// `hash_alg` where it is given, else by what the certificate's signatureAlgorithm says. Nothing: that algorithm names
/// no digest (ML-DSA, SLH-DSA), so hashAlg is needed. The result's octets are static.
CryptoResult<std::optional<asn1::AlgorithmIdentifier>> certificate_hash_algorithm(
    const asn1::AlgorithmIdentifier& signature_algorithm, const asn1::AlgorithmIdentifier* hash_alg);

// --- MACs ------------------------------------------------------------------------------------------------------------

/// Parameters for PasswordBasedMac (RFC 9810 Section 5.1.3.1, RFC 9045) with HMAC over `mac`: a fresh salt of 16
/// octets, SHA-256 and HMAC-SHA256 unless told otherwise. Both digests are SHA-2 or SHA-3.
OwnedAlgorithm make_pbm_parameters(Random& random, std::int64_t iterations, Digest owf = Digest::sha256,
                                   Digest mac = Digest::sha256);

/// Parameters for PBMAC1 (RFC 8018 Section 7.1): PBKDF2 with HMAC over `prf`, a fresh salt of 16 octets and a key as
/// long as the digest of the MAC, HMAC over `mac`. Both digests are SHA-2 or SHA-3.
OwnedAlgorithm make_pbmac1_parameters(Random& random, std::int64_t iterations, Digest prf = Digest::sha256,
                                      Digest mac = Digest::sha256);

/// The same MAC with everything in its parameters that must not be used twice made fresh: salt (as long as before, 16
/// octets at the least) and the nonce of AES-GMAC (RFC 9045 Section 4.4). For an answer in kind. `algorithm` is one
/// that Crypto::mac() takes.
CryptoResult<OwnedAlgorithm> with_fresh_salt(const asn1::AlgorithmIdentifier& algorithm, Random& random);

}  // namespace cmpkit::cmp
