#include <string>

#include "cmp/crypto/refusal.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/algorithms.h"

namespace cmpkit::cmp {

namespace {

CryptoResult<std::optional<asn1::AlgorithmIdentifier>> strong(Digest digest) {
  if (describe(digest).weak)
    return unknown_algorithm(std::string(describe(digest).name) + " is too weak to identify a certificate by");
  return std::optional(identifier_of(digest));
}

}  // namespace

CryptoResult<std::optional<asn1::AlgorithmIdentifier>> certificate_hash_algorithm(
    const asn1::AlgorithmIdentifier& certificate_algorithm, const asn1::AlgorithmIdentifier* hash_alg) {
  if (hash_alg != nullptr) {  // C-04: any strong digest
    const auto digest = digest_algorithm(*hash_alg);
    if (!digest) return tl::unexpected(digest.error());
    return strong(*digest);
  }
  const auto algorithm = signature_algorithm(certificate_algorithm);
  if (!algorithm) return tl::unexpected(algorithm.error());
  if (algorithm->digest) return strong(*algorithm->digest);  // of the OID, or of the RSASSA-PSS parameters
  // RFC 9481 Section 3.3
  if (algorithm->oid == asn1::id_Ed25519) return strong(Digest::sha512);
  if (algorithm->oid == asn1::id_Ed448) return strong(Digest::shake256);
  return std::nullopt;
}

}  // namespace cmpkit::cmp
