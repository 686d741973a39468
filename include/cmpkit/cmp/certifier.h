// A CA that knows no CMP: it takes PKCS #10 requests and gives certificates. As an Authority it stands behind a
// Responder, which then is an RA in front of that CA.
#pragma once

#include <functional>
#include <memory>

#include "cmpkit/cmp/authority.h"

namespace cmpkit::cmp {

/// What the CA is asked for.
struct CertifierRequest {
  Octets certification_request;  // DER of the PKCS #10
  bool signed_by_device =
      false;            // it is the device's own, as it sent it in a p10cr. Else it was made here of what was
                        // asked for in CRMF: with the device's key, signed by the RA in the device's stead once
                        // possession was proved. A CA that checks that signature must take the RA's word instead
  Bytes public_key;     // DER of the SubjectPublicKeyInfo of the device
  std::string profile;  // empty: none
  std::string id;       // 32 hexadecimal digits: the same each time this request is asked about
};

struct CertifierGranted {
  Octets certificate;         // DER
  std::vector<Octets> chain;  // DER; its issuer and what stands above
};

using CertifierDecision = std::variant<CertifierGranted, Refusal, Waiting>;

/// Called from several threads at once, and may take its time: whoever asked waits as long. Waiting: the client is told
/// to poll, and the same is asked again then.
using Certifier = std::function<CertifierDecision(const CertifierRequest& request, Time now)>;

struct CertifierAuthorityOptions {
  Octets issuer;                         // DER of the CA's certificate
  std::shared_ptr<const Signer> signer;  // of the requests made here
  Certifier certifier;
  /// Tells the CA about a revocation; none: an rr is refused.
  std::function<RevocationDecision(const RevocationRequest& request, Time now)> revoke;
};

/// The error is a reason in words. What the options point to must outlive it.
tl::expected<std::unique_ptr<Authority>, std::string> certifier_authority(CertifierAuthorityOptions options,
                                                                          Environment environment);

}  // namespace cmpkit::cmp
