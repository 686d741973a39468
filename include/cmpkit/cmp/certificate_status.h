// What is known of certificates that may have been revoked meanwhile (RFC 9483 Section 3.5, rule V-36). A seam: behind
// it are CRLs (crl_status.h), or whatever else a server knows it from.
#pragma once

#include <span>
#include <string>

#include "cmpkit/cmp/certificate.h"
#include "cmpkit/cmp/environment.h"

namespace cmpkit::cmp {

/// Safe to use from several threads at once.
class CertificateStatus {
 public:
  enum class State : std::uint8_t { good, unknown, held, revoked };  // each worse than the one before
  struct Found {
    State state = State::good;
    std::string text;  // not good: a sentence that names the certificate; the peer is told it
  };

  virtual ~CertificateStatus() = default;

  /// Of a certificate and all above it but the anchor, together: the worst. `issuers` as ValidatedPath::issuers() gives
  /// them. An issuer that is on hold makes what it issued revoked: `held` is said of the certificate itself only, as
  /// its holder may still revoke it. Asked for each message, so it does not wait for a network.
  [[nodiscard]] virtual Found of(const CertificateView& certificate, std::span<const Bytes> issuers,
                                 Time now) const = 0;
};

}  // namespace cmpkit::cmp
