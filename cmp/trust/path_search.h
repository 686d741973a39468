// The search for a path: from a certificate upwards by issuer names, until an anchor or an issuer known to be valid.
#pragma once

#include <span>
#include <vector>

#include "cmp/trust/checks.h"
#include "cmp/trust/known_issuers.h"

namespace cmpkit::cmp {

/// One search. A signature is verified only by a key that is itself valid up to an anchor already, so the keys of the
/// pool cannot make us work; and each certificate of the pool is tried once.
class PathSearch {
 public:
  using Found = tl::expected<ValidatedIssuer::Pointer, PathError>;
  using Pool = std::span<const asn1::Encoded<asn1::Certificate>>;

  PathSearch(const Crypto& crypto, std::span<const ValidatedIssuer::Pointer> anchors, KnownIssuers& known, Pool pool,
             Time now, const PathLimits& limits);

  /// The valid issuer of this end entity.
  Found issuer_of(const CertificateView& end_entity) { return issuer_of(end_entity, Role::end_entity, 0); }

 private:
  struct Candidate {
    CertificateView view;
    bool tried = false;
  };

  // `below` counts the certificates beneath the subject.
  Found issuer_of(const CertificateView& subject, Role role, std::size_t below);
  Found validate(const CertificateView& intermediate, std::size_t below);
  PathCheck link(const ValidatedIssuer& issuer, const CertificateView& subject, Role role, std::size_t below);
  // Issuers by name; those whose key identifier is the right one come first.
  std::vector<ValidatedIssuer::Pointer> known_issuers(const CertificateView& subject);
  std::vector<ValidatedIssuer::Pointer> anchors(const CertificateView& subject);
  std::vector<Candidate*> untried_issuers(const CertificateView& subject);
  PathError no_path(const CertificateView& subject) const;

  const Crypto& crypto_;
  std::span<const ValidatedIssuer::Pointer> anchors_;
  KnownIssuers& known_;
  Pool pool_;
  Time now_;
  const PathLimits& limits_;
  std::size_t omitted_;                               // certificates of the pool beyond the limit
  std::optional<std::vector<Candidate>> candidates_;  // the pool, decoded when it is needed
  std::size_t signatures_ = 0;
};

}  // namespace cmpkit::cmp
