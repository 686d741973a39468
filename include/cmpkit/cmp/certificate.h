// A certificate as the protocol looks at it: decoded once, with the facts that decide about it (RFC 5280 Section 4).
#pragma once

#include <span>
#include <string>

#include "cmpkit/asn1/extensions.h"

namespace cmpkit::cmp {

/// The facts of one certificate. Does not own the octets it was decoded from; they must outlive it.
class CertificateView {
 public:
  /// Decodes a certificate and the values of the extensions named below, strictly. An error too: two extensions with
  /// the same OID (RFC 5280 Section 4.2), extensions or unique identifiers in a version that has none,
  /// signatureAlgorithm other than the signed `signature` (Section 4.1.1.2).
  static asn1::Result<CertificateView> decode(Bytes der);

  [[nodiscard]] Bytes octets() const { return octets_; }
  [[nodiscard]] const asn1::Certificate& asn1() const { return certificate_; }

  [[nodiscard]] asn1::Name subject() const { return certificate_.tbsCertificate.subject; }
  [[nodiscard]] asn1::Name issuer() const { return certificate_.tbsCertificate.issuer; }
  [[nodiscard]] asn1::Integer serial() const { return certificate_.tbsCertificate.serialNumber; }
  [[nodiscard]] std::chrono::sys_seconds not_before() const;
  [[nodiscard]] std::chrono::sys_seconds not_after() const;

  /// The SubjectPublicKeyInfo: its TLV in the certificate, so in the universal SEQUENCE form.
  [[nodiscard]] Bytes public_key() const;

  /// What the signature covers: the TLV of tbsCertificate.
  [[nodiscard]] Bytes signed_part() const { return certificate_.tbsCertificate.octets; }

  /// The octets of the key identifier, without any header: what senderKID holds. Empty: the extension is absent.
  [[nodiscard]] Bytes subject_key_id() const { return subject_key_id_; }
  /// The keyIdentifier of authorityKeyIdentifier. Empty: absent.
  [[nodiscard]] Bytes authority_key_id() const { return authority_key_id_; }

  /// Absent keyUsage allows every use (RFC 5280 Section 4.2.1.3).
  [[nodiscard]] const std::optional<asn1::KeyUsage>& key_usage() const { return key_usage_; }
  [[nodiscard]] bool allows(asn1::KeyUsage::Bit use) const { return !key_usage_ || key_usage_->has(use); }

  /// extKeyUsage; empty: absent.
  [[nodiscard]] std::span<const asn1::Oid> extended_key_usage() const { return extended_key_usage_; }
  /// True where extKeyUsage is there and names this purpose. anyExtendedKeyUsage does not count: being a CMP RA or CA
  /// must be said (RFC 9810 Section 4.5).
  [[nodiscard]] bool has_purpose(asn1::Oid purpose) const;

  /// basicConstraints with cA TRUE.
  [[nodiscard]] bool is_ca() const { return basic_constraints_.cA; }
  [[nodiscard]] std::optional<std::int64_t> path_length() const { return basic_constraints_.pathLenConstraint; }

  /// subjectAltName; empty: absent.
  [[nodiscard]] std::span<const asn1::GeneralName> subject_alt_names() const { return subject_alt_names_; }

  /// Null: absent.
  [[nodiscard]] const asn1::Extension* extension(asn1::Oid id) const;

  /// Subject and issuer are the same name.
  [[nodiscard]] bool is_self_issued() const;

  /// For texts: `/O=Example/CN=device-7`; a certificate without subject is named by its serial number.
  [[nodiscard]] std::string name() const;

 private:
  CertificateView() = default;
  asn1::Result<void> read_extensions();
  asn1::Result<void> read_extension(const asn1::Extension& extension);

  Bytes octets_;
  asn1::Certificate certificate_;
  Bytes subject_key_id_;
  Bytes authority_key_id_;
  std::optional<asn1::KeyUsage> key_usage_;
  asn1::ExtKeyUsageSyntax extended_key_usage_;
  asn1::BasicConstraints basic_constraints_;
  asn1::GeneralNames subject_alt_names_;
};

}  // namespace cmpkit::cmp
