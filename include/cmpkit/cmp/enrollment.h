// The client side of certificate enrolment (RFC 9483 Section 4.1): ir, cr, kur
// or p10cr, polling where the server asks for it, and certConf unless implicit
// confirmation is granted.
#pragma once

#include <optional>

#include "cmpkit/cmp/client_options.h"
#include "cmpkit/cmp/key_generation.h"
#include "cmpkit/cmp/operation.h"

namespace cmpkit::cmp {

/// From which ip trust anchors are taken (caPubs). In no case is one taken that
/// the protection of that very message rests on.
enum class CaPubs : std::uint8_t {
  ignored,
  if_by_secret,  // from one that our shared secret protects
  if_signed,     // from a signed one, too. The caller knows that the signer may
                 // provide anchors, and looks after its revocation status, which
                 // nothing here does (V-36)
};

struct EnrollmentOptions : ClientOptions {
  asn1::PKIBody::Type type = asn1::PKIBody::ir;  // ir, cr, kur or p10cr; kur updates the credential's
                                                 // certificate (K-01)

  const TrustStore* certificate_trust = nullptr;  // anchors the new certificate must lead to; null: not checked
                                                  //
  Octets subject;                                 // DER Name; empty: NULL-DN, or for kur that of the old
                                                  // certificate (K-02)
  Octets extensions;                              // DER Extensions to ask for (subjectAltName, ...); empty:
                                                  // none
  std::shared_ptr<const Signer> new_key;          // ir, cr, kur: the key to certify,
                                                  // which proves possession
  std::optional<CentralKey> central_key;          // ir, cr, kur: instead of new_key, the server makes the key (G-01)
  Octets certification_request;                   // p10cr: DER of the signed CertificationRequest. ir, cr: the same
                                                  // instead of key, subject and extensions, on behalf of its holder
                                                  // (RFC 9483 Section 5.3.1): create() verifies its signature, and
                                                  // the server is told raVerified
  std::string profile;                            // certProfile to ask for; empty: none (H-83)
  bool implicit_confirm = true;                   // ask for it (H-80)
  bool accept_modifications = true;               // take a certificate that differs from what
                                                  // was asked (grantedWithMods)
  CaPubs ca_pubs = CaPubs::ignored;
};

class Enrollment : public Operation {
 public:
  /// A reason in words where the options cannot work together. What the options
  /// and the environment point to must outlive the operation.
  static tl::expected<Enrollment, std::string> create(EnrollmentOptions options, Environment environment);
  /// Goes on where save() left off. A reason in words where the octets are none
  /// of its, or the options are others.
  static tl::expected<Enrollment, std::string> resume(EnrollmentOptions options, Environment environment, Bytes saved);

 private:
  using Operation::Operation;
};

}  // namespace cmpkit::cmp
