// The seam between the protocol and who decides about certificates: a CA of ours, one that an integrator has, a test.
// CRMF, PKCS#10 and key update ask the same question in the same form.
#pragma once

#include <chrono>
#include <string>
#include <variant>
#include <vector>

#include "cmpkit/cmp/store.h"
#include "cmpkit/cmp/trail.h"

namespace cmpkit::cmp {

/// Who sent a request, as its protection proved.
struct Requester {
  enum class Kind { certificate, secret };
  Kind kind{};
  Octets identity;     // certificate: its DER; secret: its reference
  asn1::Name subject;  // of the certificate; empty for a secret. Points into `identity`
  Octets anchor{};     // certificate: DER of the trust anchor that it leads to
};

/// What is asked for, whether by CertTemplate or by CertificationRequest. Views into the request.
struct CertificateRequest {
  asn1::PKIBody::Type type{};                        // ir, cr, kur or p10cr
  asn1::Name subject;                                // may be the NULL-DN
  Bytes public_key;                                  // DER of the SubjectPublicKeyInfo
  const asn1::Extensions* extensions = nullptr;      // null: none asked for
  const asn1::OptionalValidity* validity = nullptr;  // null: none asked for
  std::string_view profile;                          // certProfile of the header or the URL; empty: none
  const Requester* requester = nullptr;
  Bytes holder;                 // who asks, as IssuedCertificate::holder names it
  Bytes old_certificate;        // kur: DER of the certificate to update, checked to be ours; else empty
  Bytes certification_request;  // p10cr: DER of the PKCS #10 as it came; else empty
  Bytes transaction_id;         // with the requester it names this request, also when it is asked again
  std::int64_t cert_req_id = 0;
  bool key_generated = false;  // the key was made here, and is another one each time this is asked (RFC 9483 4.1.6)
};

/// The certificate is signed. The responder records it, in one commit with the transaction.
struct Granted {
  Octets certificate;
  std::vector<Octets> chain;              // the issuing CA and what stands above it, for extraCerts (P-07)
  std::vector<Octets> ca_pubs;            // trust anchors to hand out in an ip; empty: none
  bool modified = false;                  // differs from what was asked: grantedWithMods
  std::string note;                       // statusString for grantedWithMods
  std::vector<Expectation> expectations;  // of the store, where the decision was based on it; see Change
  std::string profile;                    // that it was issued by, for the records
};

/// Not decided yet. The client is told to poll (RFC 9483 Section 4.4), and the same question is asked again when it
/// does.
struct Waiting {
  std::chrono::seconds check_after{60};  // when to poll
  std::string reason;                    // for the client, such as `an operator has to approve this`
};

using Decision = std::variant<Granted, Refusal, Waiting>;

/// What a revocation request asks for, about a certificate that this CA issued and that is in force (or on hold).
struct RevocationRequest {
  Bytes certificate;                // DER
  asn1::CRLReason::Value reason{};  // removeFromCRL: release from certificateHold
  const Requester* requester = nullptr;
};

/// The responder records the revocation, in one commit with the transaction.
struct Revoked {};
using RevocationDecision = std::variant<Revoked, Refusal, Waiting>;

/// Safe to use from several threads at once.
class Authority {
 public:
  virtual ~Authority() = default;

  /// Decides about one request. Proof of possession and the binding of the requester to the subject have been checked.
  [[nodiscard]] virtual Decision issue(const CertificateRequest& request, Time now) = 0;

  /// The subject name of the certificates' issuer: what kur's oldCertId must name (K-03).
  [[nodiscard]] virtual asn1::Name issuer() const = 0;

  /// Decides about one revocation. That the requester may revoke this certificate has been checked. Granted by default.
  [[nodiscard]] virtual RevocationDecision revoke(const RevocationRequest& request, Time now);
};

}  // namespace cmpkit::cmp
