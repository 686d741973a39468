// The client side of revocation (RFC 9483 Section 4.2): rr, rp, and polling where the server asks for it.
#pragma once

#include "cmpkit/asn1/extensions.h"
#include "cmpkit/cmp/client_options.h"
#include "cmpkit/cmp/operation.h"

namespace cmpkit::cmp {

struct RevocationOptions : ClientOptions {
  /// DER of the certificate to revoke; empty: the one that signs. Another one is what an RA revokes on behalf
  /// (RFC 9483 Section 5.3.2), or the holder of a revocation passphrase (RFC 9810 Appendix B).
  Octets certificate;
  /// In place of the certificate: its issuer (DER Name) and serial number (content octets of the INTEGER).
  Octets issuer, serial;
  /// removeFromCRL revives a certificate on hold.
  asn1::CRLReason::Value reason = asn1::CRLReason::unspecified;
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
