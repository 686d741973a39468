// Protecting messages that we send (RFC 9810 Section 5.1.3, RFC 9483 Section 3.2).
#pragma once

#include <memory>
#include <span>

#include "cmpkit/asn1/pkimessage.h"
#include "cmpkit/cmp/credential.h"
#include "cmpkit/cmp/environment.h"

namespace cmpkit::cmp {

/// How our messages of one operation are protected.
class Protector {
 public:
  virtual ~Protector() = default;
  /// Sets sender, senderKID and protectionAlg. The views live as long as the protector.
  virtual void fill(asn1::PKIHeader& header) const = 0;
  /// The octets of the protection BIT STRING (P-05).
  [[nodiscard]] virtual CryptoResult<Octets> protect(Pieces protected_part) const = 0;
  /// The protection certificate and its chain, for extraCerts (P-06); none for a MAC (P-11).
  [[nodiscard]] virtual std::span<const Octets> certificates() const = 0;
};

/// Signs. The credential must outlive the protector. An error where its first certificate cannot be read or is not one
/// for its key.
CryptoResult<std::unique_ptr<Protector>> signature_protector(const SignatureCredential& credential);

/// Authenticates by a MAC whose key is derived already, as an answer in kind does: `algorithm` is DER of the
/// protectionAlg, `reference` that of the secret.
CryptoResult<std::unique_ptr<Protector>> mac_protector(Octets algorithm, std::shared_ptr<const Mac> mac,
                                                       Octets reference);

/// Authenticates by a MAC with fresh parameters, as the first message of an operation does.
CryptoResult<std::unique_ptr<Protector>> mac_protector(const SecretCredential& credential,
                                                       const Environment& environment, const MacLimits& limits);

/// The one or the other.
CryptoResult<std::unique_ptr<Protector>> make_protector(const Credential& credential, const Environment& environment,
                                                        const MacLimits& limits);

}  // namespace cmpkit::cmp
