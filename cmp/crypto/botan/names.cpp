#include "cmp/crypto/botan/names.h"

namespace cmpkit::cmp {

std::string botan_hash(Digest digest) {
  switch (digest) {
    case Digest::sha512_256:
      return "SHA-512-256";
    case Digest::sha3_224:
      return "SHA-3(224)";
    case Digest::sha3_256:
      return "SHA-3(256)";
    case Digest::sha3_384:
      return "SHA-3(384)";
    case Digest::sha3_512:
      return "SHA-3(512)";
    case Digest::shake128:
      return "SHAKE-128(256)";
    case Digest::shake256:
      return "SHAKE-256(512)";
    default:
      return std::string(describe(digest).name);
  }
}

std::string botan_pbkdf2(Digest prf) { return "PBKDF2(HMAC(" + botan_hash(prf) + "))"; }

std::string botan_padding(const SignatureAlgorithm& algorithm) {
  switch (algorithm.scheme) {
    case SignatureScheme::rsa_pkcs1:
      return "PKCS1v15(" + botan_hash(*algorithm.digest) + ")";
    case SignatureScheme::rsa_pss:
      return "PSS(" + botan_hash(*algorithm.digest) + ",MGF1," + std::to_string(algorithm.salt_length) + ")";
    case SignatureScheme::ecdsa:
      return botan_hash(*algorithm.digest);
    case SignatureScheme::pure:
      return "";
  }
  return "";
}

}  // namespace cmpkit::cmp
