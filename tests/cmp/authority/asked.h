// A CA, and requests to it as a test words them.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/asn1/storage.h"
#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/ca_certificates.h"
#include "cmpkit/cmp/certificate.h"
#include "cmpkit/cmp/certificate_authority.h"
#include "cmpkit/cmp/keys.h"

namespace cmpkit::cmp::test {

/// 2026-11-22 12:00:00 UTC.
inline constexpr Time now{std::chrono::sys_days{std::chrono::November / 22 / 2026} + std::chrono::hours{12}};

struct StandingClock final : Clock {
  [[nodiscard]] Time now() const override { return time; }
  Time time = test::now;
};

/// What is asked for: a certificate for /CN=device and a new P-256 key, unless changed.
class Asked {
 public:
  Asked() : subject_(asn1::parse_name("/CN=device").value()) {}

  Asked& subject(std::string_view text);
  Asked& key(std::string_view type);
  Asked& public_key(Octets der);
  /// The key was made by the CA, for this request.
  Asked& key_generated() {
    key_generated_ = true;
    return *this;
  }
  Asked& validity(std::optional<Time> from, std::optional<Time> until);
  Asked& profile(std::string_view name);
  Asked& type(asn1::PKIBody::Type type);
  Asked& updating(Octets old_certificate);
  /// The requester must outlive this.
  Asked& asked_by(const Requester& requester, std::string_view holder = {});
  Asked& at(Time time);
  Asked& transaction(std::string_view id);
  Asked& extension(asn1::Oid id, bool critical, Octets value);

  // The usual extensions, none of them critical
  Asked& dns_name(std::string_view name);
  Asked& uri(std::string_view name);
  Asked& alternative_name(asn1::GeneralName name);
  Asked& key_usage(std::initializer_list<asn1::KeyUsage::Bit> bits);
  Asked& purposes(asn1::ExtKeyUsageSyntax ids);
  Asked& ca(bool value);

  [[nodiscard]] Bytes subject_der() const { return subject_; }
  [[nodiscard]] Bytes public_key_der() const { return public_key_; }

  /// The decision of the authority about it.
  Decision from(Authority& authority);

 private:
  asn1::PKIBody::Type type_ = asn1::PKIBody::cr;
  Octets subject_, public_key_, old_certificate_, transaction_id_, holder_;
  bool key_generated_ = false;
  const Requester* requester_ = nullptr;
  Time at_ = now;
  std::string profile_;
  std::optional<asn1::OptionalValidity> validity_;
  asn1::Extensions extensions_;
  asn1::Storage storage_;
};

/// A root with an issuing CA below it; all of its certificates are valid from a year before `now` for ten years.
class TestCa {
 public:
  explicit TestCa(std::string_view key = "ec:P-256");

  /// Options for an authority with these profiles.
  [[nodiscard]] CertificateAuthorityOptions options(std::vector<CertificateProfile> profiles) const;
  [[nodiscard]] std::unique_ptr<CertificateAuthority> authority(CertificateProfile profile = {}) const;
  [[nodiscard]] Environment environment() const { return {clock, system_random(), botan_crypto()}; }

  StandingClock clock;
  std::shared_ptr<const Signer> root_signer, signer;
  Octets root, certificate;
};

/// The certificate of a positive decision. Fails the test with the text of a refusal.
Granted granted(Decision decision);
/// The refusal of a negative decision. Fails the test for a positive one.
Refusal refused(Decision decision);

/// The value of an extension of the certificate; fails the test where it is absent or unreadable.
template <class T>
T extension_value(const CertificateView& certificate, asn1::Oid id) {
  const asn1::Extension* extension = certificate.extension(id);
  if (extension == nullptr) throw std::runtime_error("no " + asn1::name_of(id));
  return asn1::decode<T>(extension->extnValue).value();
}

asn1::KeyUsage bits_of(std::initializer_list<asn1::KeyUsage::Bit> bits);

}  // namespace cmpkit::cmp::test
