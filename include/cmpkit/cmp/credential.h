// What a CMP entity protects its messages with: a key with its certificate, or a shared secret.
#pragma once

#include <memory>
#include <variant>
#include <vector>

#include "cmpkit/cmp/crypto.h"

namespace cmpkit::cmp {

/// Signature-based protection (RFC 9483 Section 3.2): the signer, its certificate and the chain above it.
struct SignatureCredential {
  std::shared_ptr<const Signer> signer;
  std::vector<Octets> chain;  // DER; the signer's certificate first, then each issuer; no root needed (P-06, P-08)
};

/// How a MAC key is derived from the secret when we are the first to send.
struct MacMethod {
  enum class Kind { pbm, pbmac1 };
  Kind kind = Kind::pbm;
  std::int64_t iterations = 10'000;  // B-13
};

/// MAC-based protection with a shared secret (RFC 9483 Section 4.1.5).
struct SecretCredential {
  Octets reference;  // senderKID, and the commonName in sender (H-11, H-51)
  Octets secret;
  MacMethod method;  // of our first message; answers use the method of the request
};

using Credential = std::variant<SignatureCredential, SecretCredential>;

}  // namespace cmpkit::cmp
