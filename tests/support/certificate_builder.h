// Certificates for tests, made in code:
//
//   const auto root = CertificateBuilder("/CN=Root").ca().self_signed();
//   const auto device = CertificateBuilder("/CN=Device").issued_by(root);
//   device.certificate  // DER
//   device.signer       // signs with the device's key
//
// Whatever RFC 5280 asks for can be left out or made wrong.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cmpkit/asn1/extensions.h"
#include "cmpkit/cmp/environment.h"
#include "cmpkit/cmp/keys.h"

namespace cmpkit::test {

/// The time that the certificates of tests are valid at, unless they say otherwise: 2026-01-01 12:00:00 UTC.
inline constexpr cmp::Time noon{std::chrono::sys_days{std::chrono::January / 1 / 2026} + std::chrono::hours{12}};

/// A certificate and the key in it.
struct Issued {
  Octets certificate;
  std::shared_ptr<const cmp::Signer> signer;
};

class CertificateBuilder {
 public:
  /// `subject` as asn1::parse_name reads it.
  explicit CertificateBuilder(std::string subject);

  /// The key: a type to make one of (ec:P-256 unless told otherwise), or one that is there.
  CertificateBuilder& key(std::string type);
  CertificateBuilder& key(std::shared_ptr<const cmp::Signer> signer);
  /// From a year before `noon` to a year after it unless told otherwise.
  CertificateBuilder& valid(cmp::Time from, cmp::Time until);
  /// basicConstraints cA, critical, and keyUsage keyCertSign and cRLSign.
  CertificateBuilder& ca(std::optional<std::int64_t> path_length = std::nullopt);
  CertificateBuilder& key_usage(std::vector<asn1::KeyUsage::Bit> bits);
  CertificateBuilder& purposes(asn1::ExtKeyUsageSyntax ids);
  CertificateBuilder& dns_name(std::string name);
  /// Any extension, by the DER of its value. Replaces one with this OID.
  CertificateBuilder& extension(asn1::Oid id, bool critical, Octets value);
  /// The same, even if there is one with this OID.
  CertificateBuilder& one_more_extension(asn1::Oid id, bool critical, Octets value);
  CertificateBuilder& without(asn1::Oid extension);
  /// No subjectKeyIdentifier and authorityKeyIdentifier.
  CertificateBuilder& without_key_ids();
  CertificateBuilder& version(asn1::Version version);
  /// Names another issuer than the one that signs.
  CertificateBuilder& issuer_name(std::string name);

  [[nodiscard]] Issued self_signed() const;
  [[nodiscard]] Issued issued_by(const Issued& issuer) const;

 private:
  struct Extension {
    asn1::Oid id;
    bool critical;
    Octets value;
  };

  [[nodiscard]] std::shared_ptr<const cmp::Signer> own_signer() const;
  [[nodiscard]] Octets sign(std::shared_ptr<const cmp::Signer> own, Bytes issuer_name, Bytes issuer_key_id,
                            const cmp::Signer& issuer) const;

  Octets subject_;
  std::optional<Octets> issuer_name_;
  std::string key_type_ = "ec:P-256";
  std::shared_ptr<const cmp::Signer> signer_;
  cmp::Time from_ = noon - std::chrono::days{365}, until_ = noon + std::chrono::days{365};
  asn1::Version version_ = asn1::Version::v3;
  bool key_ids_ = true;
  std::vector<Extension> extensions_;
};

/// The octets of the key identifier that the builder gives a key.
Octets key_id_of(Bytes public_key);

/// A signer with a new key of this type.
std::shared_ptr<const cmp::Signer> new_signer(std::string_view type = "ec:P-256",
                                              const cmp::SignatureChoice& choice = {});

}  // namespace cmpkit::test
