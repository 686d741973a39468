// A certificate profile with its texts read: the questions that issuing asks it.
#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "cmpkit/asn1/extensions.h"
#include "cmpkit/asn1/storage.h"
#include "cmpkit/cmp/certificate_profile.h"
#include "cmpkit/cmp/crypto.h"

namespace cmpkit::cmp {

class ProfileRules {
 public:
  /// The error names the setting and what is wrong with it.
  static tl::expected<ProfileRules, std::string> read(CertificateProfile profile);

  [[nodiscard]] const CertificateProfile& profile() const { return profile_; }
  [[nodiscard]] asn1::KeyUsage key_usage() const { return key_usage_; }
  [[nodiscard]] bool allows_key(const KeyDescription& key) const;
  [[nodiscard]] bool allows_purpose(asn1::Oid purpose) const;
  [[nodiscard]] bool takes_over(asn1::Oid extension) const;
  [[nodiscard]] const std::vector<asn1::Oid>& default_purposes() const { return default_purposes_; }

  /// For texts: `ec, rsa:2048, ed25519`.
  [[nodiscard]] std::string keys_text() const;

 private:
  explicit ProfileRules(CertificateProfile profile) : profile_(std::move(profile)) {}
  tl::expected<void, std::string> read_keys();
  tl::expected<void, std::string> read_key_usage();
  tl::expected<void, std::string> read_oids(const char* setting, const std::vector<std::string>& texts,
                                            std::vector<asn1::Oid>& out);

  CertificateProfile profile_;
  asn1::KeyUsage key_usage_;
  unsigned min_rsa_bits_ = 0;  // 0: no RSA keys
  std::vector<asn1::Oid> purposes_, default_purposes_, extensions_;
  asn1::Storage storage_;  // of the OIDs
};

}  // namespace cmpkit::cmp
