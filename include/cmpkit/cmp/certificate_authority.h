// A certification authority that issues by profiles: it decides about a request, or asks somebody to approve it, builds
// the certificate and signs it. It keeps no records: what it grants is recorded by the responder, in one commit with
// the transaction.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cmpkit/cmp/approvals.h"
#include "cmpkit/cmp/authority.h"
#include "cmpkit/cmp/certificate_profile.h"
#include "cmpkit/cmp/crl.h"

namespace cmpkit::cmp {

struct CertificateAuthorityOptions {
  std::shared_ptr<const Signer> signer;      // of the CA's key
  std::vector<Octets> chain;                 // DER; the CA's certificate first, then each issuer, as far as known
  std::vector<Octets> links = {};            // DER; sent with the chain: newWithOld of roots that were replaced
  std::vector<Octets> ca_pubs;               // trust anchors handed out in every ip; empty: none
  std::vector<CertificateProfile> profiles;  // the first one is also for requests that name none

  CrlLocation crls = {};             // told in the certificates where `url` is given
  std::string certificate_url = {};  // where the CA's certificate is found (caIssuers); empty: not told
  Approvals* approvals = nullptr;    // not owned; for profiles with `approval`
  Store* store = nullptr;            // not owned; for profiles with `subject_unique`: the certificates that exist
};

class CertificateAuthority final : public Authority {
 public:
  /// Checks all of the options: a reason in words where a certificate is unreadable, not that of the signer's key, not
  /// a CA's, expired or not signed by the next one, where a text in a profile is not understood, or something is
  /// missing that a profile needs. What the environment refers to must outlive the authority.
  static tl::expected<std::unique_ptr<CertificateAuthority>, std::string> create(CertificateAuthorityOptions options,
                                                                                 const Environment& environment);
  ~CertificateAuthority() override;

  /// A refusal names and says which wish is not granted and why; a granted certificate that
  /// differs from the wishes says in `note` where. A kur need not repeat subjectAltName, keyUsage and extKeyUsage:
  /// where they are not asked for they are those of the certificate to update (RFC 9483 Section 4.1.3).
  [[nodiscard]] Decision issue(const CertificateRequest& request, Time now) override;

  [[nodiscard]] asn1::Name issuer() const override;

 private:
  struct Implementation;
  explicit CertificateAuthority(std::unique_ptr<const Implementation> implementation);
  std::unique_ptr<const Implementation> implementation_;
};

}  // namespace cmpkit::cmp
