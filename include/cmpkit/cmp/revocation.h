// The client side of revocation (RFC 9483 Section 4.2): rr, rp, and polling where the server asks for it.
#pragma once

#include "cmpkit/cmp/client_options.h"
#include "cmpkit/cmp/operation.h"

namespace cmpkit::cmp {

/// CRLReason, RFC 5280 Section 5.3.1.
enum class RevocationReason : std::uint8_t {
  unspecified = 0,
  keyCompromise = 1,
  cACompromise = 2,
  affiliationChanged = 3,
  superseded = 4,
  cessationOfOperation = 5,
  certificateHold = 6,
  removeFromCRL = 8,  // revives a certificate on hold
  privilegeWithdrawn = 9,
  aACompromise = 10,
};

struct RevocationOptions : ClientOptions {
  /// DER of the certificate to revoke; empty: the one that signs. Another one is what an RA revokes on behalf
  /// (RFC 9483 Section 5.3.2), or the holder of a revocation passphrase (RFC 9810 Appendix B).
  Octets certificate;
  /// In place of the certificate: its issuer (DER Name) and serial number (content octets of the INTEGER).
  Octets issuer, serial;
  RevocationReason reason = RevocationReason::unspecified;
};

class Revocation : public Operation {
 public:
  /// A reason in words where the options cannot work together. What the options and the environment point to must
  /// outlive the operation.
  static tl::expected<Revocation, std::string> create(RevocationOptions options, Environment environment);
  /// Goes on where save() left off. A reason in words where the octets are none of its, or the options are others.
  static tl::expected<Revocation, std::string> resume(RevocationOptions options, Environment environment, Bytes saved);

 private:
  using Operation::Operation;
};

}  // namespace cmpkit::cmp
