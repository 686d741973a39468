// Checking the protection of messages that we receive: who sent this, and is it unchanged (RFC 9483 Section 3.5).
#pragma once

#include <memory>

#include "cmpkit/cmp/authority.h"
#include "cmpkit/cmp/certificate.h"
#include "cmpkit/cmp/responder.h"
#include "cmpkit/cmp/trust.h"

namespace cmpkit::cmp {

/// What protection is checked against. References: the caller owns all of it.
struct Verification {
  const Environment& environment;
  const TrustStore* trust;       // null: no signature protection is accepted
  const SharedSecrets* secrets;  // null: no MAC protection is accepted
  const MacLimits& mac_limits;
  std::span<const Bytes> certificates;  // known beside extraCerts: of earlier messages of the operation, of our own CA
  Tolerance tolerance{};                // what is passed over in this peer
};

/// The sender of a message, as its protection proved.
struct Sender {
  Requester requester;  // `identity` owns the octets that `certificate` and `requester.subject` look into
  std::optional<CertificateView> certificate;  // where it signed
  std::optional<ValidatedPath> path;           // ... and how it leads to an anchor
  std::shared_ptr<const Mac> mac;              // where it used a secret: to answer in kind
  Octets mac_algorithm;                        // DER of the protectionAlg
  Sender() = default;
  Sender(Sender&&) = default;
  Sender& operator=(Sender&&) = default;
};

/// True where the algorithm is one of MACs, false where it is one of signatures; a refusal (V-33) where it is neither.
Checked<bool> is_mac_protected(const asn1::PKIMessage& message);

/// Checks the protection of a received message over its octets (P-03). What passed and failed is in the trail.
Checked<Sender> authenticate(const asn1::PKIMessage& message, const Verification& verification, Trail& trail);

}  // namespace cmpkit::cmp
