// A certificate profile with its texts read: the questions that issuing asks it.
#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "cmpkit/asn1/extensions.h"
#include "cmpkit/asn1/storage.h"
#include "cmpkit/cmp/certificate_profile.h"
#include "cmpkit/cmp/crypto.h"
#include "cmpkit/cmp/keys.h"

namespace cmpkit::cmp {

class ProfileRules {
 public:
  /// The error names the setting and what is wrong with it.
  static tl::expected<ProfileRules, std::string> read(CertificateProfile profile);

  [[nodiscard]] const CertificateProfile& profile() const { return profile_; }
  [[nodiscard]] asn1::KeyUsage key_usage() const { return key_usage_; }
  [[nodiscard]] asn1::KeyUsage default_key_usage() const { return default_key_usage_; }
  [[nodiscard]] bool allows_key(const KeyDescription& key) const;
  [[nodiscard]] bool allows_purpose(asn1::Oid purpose) const;
  [[nodiscard]] bool takes_over(asn1::Oid extension) const;
  [[nodiscard]] bool allows_attribute(asn1::Oid type) const;
  [[nodiscard]] const std::vector<asn1::Oid>& default_purposes() const { return default_purposes_; }
  [[nodiscard]] const std::vector<asn1::Oid>& required_attributes() const { return required_attributes_; }
  [[nodiscard]] const asn1::RDNSequence& fixed_subject() const { return fixed_subject_; }
  [[nodiscard]] const asn1::RDNSequence& default_subject() const { return default_subject_; }
  [[nodiscard]] const asn1::Extensions& added_extensions() const { return added_extensions_; }

  /// The types of keys that are certified; that of RSA stands for min_rsa_bits() and more.
  [[nodiscard]] std::vector<const KeyType*> key_types() const;
  [[nodiscard]] unsigned min_rsa_bits() const { return min_rsa_bits_; }  // 0: no RSA keys

  /// For texts: `ec, rsa:2048, ed25519`.
  [[nodiscard]] std::string keys_text() const;

 private:
  using Checked = tl::expected<void, std::string>;

  explicit ProfileRules(CertificateProfile profile) : profile_(std::move(profile)) {}
  [[nodiscard]] Checked check_times() const;
  [[nodiscard]] Checked check_kind() const;
  Checked read_keys();
  Checked read_key_usage(const char* setting, const std::vector<std::string>& texts, asn1::KeyUsage& out) const;
  Checked read_oids(const char* setting, const std::vector<std::string>& texts, std::vector<asn1::Oid>& out);
  Checked read_attributes(const char* setting, const std::vector<std::string>& texts, std::vector<asn1::Oid>& out);
  Checked read_subject(const char* setting, const std::string& text, asn1::RDNSequence& out);
  [[nodiscard]] static Checked read_patterns(const char* setting, const std::vector<std::string>& texts);
  Checked read_added_extension(const std::string& text);

  CertificateProfile profile_;
  asn1::KeyUsage key_usage_, default_key_usage_;
  unsigned min_rsa_bits_ = 0;
  std::vector<asn1::Oid> purposes_, default_purposes_, extensions_;
  std::vector<asn1::Oid> required_attributes_, allowed_attributes_;
  asn1::RDNSequence fixed_subject_, default_subject_;
  asn1::Extensions added_extensions_;
  asn1::Storage storage_;  // of what the OIDs, names and extensions point to
};

}  // namespace cmpkit::cmp
