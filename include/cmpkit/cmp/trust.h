// Whom we believe: trust anchors, and the certification paths that lead to them (RFC 5280 Section 6.1).
//
// Anchors come from the configuration, never from a message (V-60, P-08). Of RFC 5280 all is checked but certificate
// policies: with the initial policy set any-policy they cannot fail, and a certificate that demands an explicit policy
// (policyConstraints) is refused as an unknown critical extension. Revocation is not looked at here:
// certificate_status.h.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cmpkit/cmp/certificate.h"
#include "cmpkit/cmp/environment.h"

namespace cmpkit::cmp {

/// Why a certificate is not believed.
struct PathError {
  enum class Reason {
    expired,
    not_yet_valid,
    no_path,        // no chain to an anchor: an issuer is missing, or self-signed and not an anchor
    bad_signature,  // of a certificate by its issuer
    bad_algorithm,  // a certificate is signed by an algorithm that is unknown or too weak, or its key is
    not_a_ca,       // basicConstraints or keyUsage of an issuer
    path_too_long,  // pathLenConstraint
    name_constraints,
    critical_extension,  // one that we do not know
    too_much_work,       // the limits ended the search
  };
  Reason reason;
  std::string text;  // one sentence that names the certificate: `certificate CN=x expired on 2026-01-31 12:00:00 UTC`
};

/// What one validation may cost, whatever a peer sends.
struct PathLimits {
  std::size_t certificates = 100;  // of the pool that are looked at
  std::size_t depth = 8;           // issuers above the end entity
  std::size_t signatures = 32;     // that are verified
};

class ValidatedIssuer;  // of the implementation

/// A valid path. Cheap to copy.
class ValidatedPath {
 public:
  explicit ValidatedPath(std::shared_ptr<const ValidatedIssuer> issuer) : issuer_(std::move(issuer)) {}

  /// DER of the certificates above the end entity: its issuer first, the anchor last. Empty where the end entity itself
  /// is an anchor. The views live as long as this path or a copy of it.
  [[nodiscard]] std::vector<Bytes> issuers() const;

 private:
  std::shared_ptr<const ValidatedIssuer> issuer_;  // null: the end entity itself is an anchor
};

/// A set of trust anchors with the memory of what was validated against them: a certificate seen before costs a lookup,
/// a new one under a known CA one signature. Safe to use from several threads at once.
class TrustStore {
 public:
  /// The anchors are DER certificates: roots, other CAs, or end entities that are trusted themselves. Keeps the
  /// reference to `crypto`. `bad_key` names an anchor that is no certificate.
  static CryptoResult<TrustStore> make(const Crypto& crypto, std::vector<Octets> anchors);

  TrustStore(TrustStore&&) noexcept;
  TrustStore& operator=(TrustStore&&) noexcept;
  ~TrustStore();

  /// Builds and checks a path from the end entity to an anchor. The pool (extraCerts) is not trusted; what in it is no
  /// certificate is passed over. What the key may be used for is not checked. The first valid path is taken.
  [[nodiscard]] tl::expected<ValidatedPath, PathError> validate(const CertificateView& end_entity,
                                                                std::span<const asn1::Encoded<asn1::Certificate>> pool,
                                                                Time now, const PathLimits& limits = {}) const;

  /// DER of the anchors. The views live as long as the store.
  [[nodiscard]] std::vector<Bytes> anchors() const;

 private:
  struct Implementation;
  explicit TrustStore(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace cmpkit::cmp
