// One CRL that certificates are looked up in (RFC 5280 Sections 5 and 6.3): complete, by the CA that issued them.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "cmp/crypto/recent.h"
#include "cmpkit/cmp/certificate.h"
#include "cmpkit/cmp/environment.h"

namespace cmpkit::cmp {

/// Safe to use from several threads at once.
class RevocationList {
 public:
  /// The error is a sentence: what cannot be read, and what says less about certificates than this looks for (delta and
  /// indirect CRLs, some reasons only, critical extensions that are not known here).
  static tl::expected<std::shared_ptr<const RevocationList>, std::string> read(Octets der);

  [[nodiscard]] const asn1::Name& issuer() const { return list_.tbsCertList.issuer; }
  [[nodiscard]] Time this_update() const { return list_.tbsCertList.thisUpdate.time(); }
  /// Without nextUpdate it never is: nobody could tell for how long.
  [[nodiscard]] bool is_current(Time now) const;

  /// It would list this certificate of its issuer: by its issuingDistributionPoint, where it has one (RFC 5280 Section
  /// 6.3.3 (b)).
  [[nodiscard]] bool covers(const CertificateView& certificate) const;

  /// Why the certificate with this serial number is revoked, or nothing. Binary search.
  [[nodiscard]] std::optional<asn1::CRLReason::Value> find(asn1::Integer serial) const;

  /// By this CA. What was found is remembered: the signature is over all of the CRL.
  [[nodiscard]] bool is_signed_by(const CertificateView& ca, const Crypto& crypto) const;

 private:
  struct Entry {
    Bytes serial;
    asn1::CRLReason::Value reason{};
  };

  RevocationList() = default;
  [[nodiscard]] tl::expected<void, std::string> read_extensions();
  [[nodiscard]] tl::expected<void, std::string> read_entries();
  [[nodiscard]] static tl::expected<Entry, std::string> entry_of(const asn1::RevokedCertificate& revoked);

  Octets der_;
  asn1::CertificateList list_;  // without the entries. Views into der_
  std::vector<Entry> entries_;  // by serial, of one serial the worst first
  std::optional<asn1::IssuingDistributionPoint> scope_;
  mutable std::mutex mutex_;
  mutable Recent<bool> signed_by_{8};  // by the key of the CA
};

}  // namespace cmpkit::cmp
