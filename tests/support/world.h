// A small PKI in memory for tests of the engine: a CA with its responder, a vendor that gave devices their first
// certificates, and credentials of both kinds. Time stands still until a test moves it.
#pragma once

#include <map>

#include "cmpkit/asn1/names.h"
#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/ca_certificates.h"
#include "cmpkit/cmp/certificate_authority.h"
#include "cmpkit/cmp/enrollment.h"
#include "cmpkit/cmp/keys.h"
#include "cmpkit/cmp/responder.h"

namespace cmpkit::cmp::test {

class FixedClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return now_; }
  void advance(std::chrono::seconds by) { now_ += by; }

 private:
  Time now_{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};
};

class SecretMap final : public SharedSecrets {
 public:
  [[nodiscard]] Known<Octets> find(Bytes reference) const override {
    const auto found = secrets.find(copy_of(reference));
    return found == secrets.end() ? std::nullopt : std::optional(found->second);
  }
  std::map<Octets, Octets> secrets;
};

inline Octets octets(std::string_view text) { return copy_of(bytes_of(text)); }
inline Octets name(std::string_view text) { return asn1::parse_name(text).value(); }

/// A key with its certificate.
struct Identity {
  std::shared_ptr<const Signer> signer;
  Octets certificate;
};

class World {
 public:
  /// `key`: the type of every key in this world.
  explicit World(std::string_view key = "ec:P-256");

  /// A certificate of the vendor for a new key, as a device has it from the factory.
  [[nodiscard]] Identity vendor_device(std::string_view subject);
  [[nodiscard]] std::shared_ptr<const Signer> new_signer() const;

  [[nodiscard]] SignatureCredential vendor_credential(std::string_view subject = "/CN=device");
  [[nodiscard]] SecretCredential secret_credential(MacMethod method = {MacMethod::Kind::pbm, 500}) const;
  /// An ir for `/CN=device` with a new key.
  [[nodiscard]] EnrollmentOptions options(Credential credential) const;

  /// A responder with this configuration, which starts as `configuration()`.
  void use(ResponderConfiguration configuration);
  [[nodiscard]] ResponderConfiguration configuration() const;
  /// Everybody may do everything that their kind of credential can.
  [[nodiscard]] static std::vector<Permission> permissions(SubjectRule::Kind subject = SubjectRule::Kind::any);

  /// Runs an operation to its end against the responder; `seen` gets the types of all messages in their order.
  Outcome run(Operation& operation, std::vector<std::string>* seen = nullptr);
  Outcome run(EnrollmentOptions options, std::vector<std::string>* seen = nullptr);

  [[nodiscard]] IssuedCertificate::Status status_of(Bytes certificate) const;
  [[nodiscard]] Environment environment() const { return {clock, system_random(), botan_crypto()}; }

  FixedClock clock;
  SecretMap secrets;
  std::unique_ptr<Store> store = memory_store();
  Identity root, ca, cmp_signer, vendor;
  std::unique_ptr<TrustStore> requesters;  // whom the responder trusts: the vendor and the CA's own root
  std::unique_ptr<TrustStore> devices;     // whom devices trust: the root
  std::unique_ptr<CertificateAuthority> authority;
  std::unique_ptr<Responder> responder;

 private:
  [[nodiscard]] CertificatePeriod period() const;
  std::string key_;
};

}  // namespace cmpkit::cmp::test
