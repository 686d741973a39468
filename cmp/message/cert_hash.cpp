#include "cmp/message/cert_hash.h"

#include "cmpkit/cmp/algorithms.h"

namespace cmpkit::cmp {

namespace {

CryptoResult<std::optional<asn1::AlgorithmIdentifier>> hash_of(Bytes certificate,
                                                               const asn1::AlgorithmIdentifier* hash_alg) {
  const auto decoded = asn1::decode<asn1::Certificate>(certificate);
  if (!decoded) return tl::unexpected(CryptoError{CryptoError::Kind::failure, decoded.error().text()});
  return certificate_hash_algorithm(decoded->signatureAlgorithm, hash_alg);
}

}  // namespace

CryptoResult<CertHash> make_cert_hash(Bytes certificate, const Crypto& crypto) {
  const Bytes message[] = {certificate};
  const auto algorithm = hash_of(certificate, nullptr);
  if (!algorithm) return tl::unexpected(algorithm.error());
  CertHash out;
  if (!*algorithm) out.hash_alg = identifier_of(Digest::sha256);  // C-04, RFC 9810 Section 5.3.18
  auto value = crypto.hash(*algorithm ? **algorithm : *out.hash_alg, message);
  if (!value) return tl::unexpected(value.error());
  out.value = std::move(*value);
  return out;
}

CryptoResult<Octets> expected_cert_hash(const asn1::CertStatus& status, Bytes certificate, const Crypto& crypto) {
  const Bytes message[] = {certificate};
  const auto algorithm = hash_of(certificate, status.hashAlg ? &*status.hashAlg : nullptr);
  if (!algorithm) return tl::unexpected(algorithm.error());
  if (!*algorithm)
    return tl::unexpected(CryptoError{CryptoError::Kind::bad_parameters,
                                      "the certificate's signature algorithm names no hash, so hashAlg is needed"});
  return crypto.hash(**algorithm, message);
}

}  // namespace cmpkit::cmp
