// certHash: the hash by which a certConf names the certificate it confirms (RFC 9810 Section 5.3.18).
#pragma once

#include "cmpkit/asn1/pkimessage.h"
#include "cmpkit/cmp/crypto.h"

namespace cmpkit::cmp {

/// A certHash and, where the certificate's signature algorithm names no hash, the hashAlg to send beside it (C-04).
struct CertHash {
  Octets value;
  std::optional<asn1::AlgorithmIdentifier> hash_alg;  // static octets
};

/// For a certConf of ours.
CryptoResult<CertHash> make_cert_hash(Bytes certificate, const Crypto& crypto);

/// The hash of the certificate that this CertStatus should hold (C-03).
CryptoResult<Octets> expected_cert_hash(const asn1::CertStatus& status, Bytes certificate, const Crypto& crypto);

}  // namespace cmpkit::cmp
