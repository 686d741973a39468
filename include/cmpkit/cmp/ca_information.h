// What a CA answers to general messages (RFC 9483 Section 4.3, RFC 9810 Section 5.3.19): its certificates, the update
// of its root, templates for requests, CRLs, algorithms and languages.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cmpkit/cmp/certificate_profile.h"
#include "cmpkit/cmp/crl.h"
#include "cmpkit/cmp/information.h"

namespace cmpkit::cmp {

/// How to come from a root to the next one (RFC 9810 Section 4.4). DER.
struct RootUpdate {
  Octets old_root;
  Octets new_with_new, new_with_old;
  std::optional<Octets> old_with_new;
};

struct CaInformationOptions {
  std::vector<Octets> ca_certificates;           // DER; for caCerts: the issuing CA and those between it and the root
  std::vector<RootUpdate> root_updates;          // the oldest first
  std::vector<CertificateProfile> profiles;      // as CertificateAuthorityOptions::profiles
  CrlIssuer* crls = nullptr;                     // not owned; null: CRLs are not asked for
  std::optional<Octets> encryption_certificate;  // DER; for caProtEncCert: the answer is empty where it is absent
  std::vector<std::string> languages = {"en"};   // RFC 5646 tags of the texts in our answers
};

/// Answers caCerts, rootCaCert, certReqTemplate, crlStatusList and currentCRL (with `crls`), signKeyPairTypes,
/// encKeyPairTypes, preferredSymmAlg, caProtEncCert, keyPairParamReq and suppLangTags. A reason in words where a
/// profile is not understood.
tl::expected<std::unique_ptr<InformationSource>, std::string> ca_information(CaInformationOptions options);

}  // namespace cmpkit::cmp
