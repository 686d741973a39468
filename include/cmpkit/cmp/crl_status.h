// Who was revoked, by the CRLs at hand (RFC 5280 Section 6.3): those of the CAs that issued what peers sign with.
//
// A CRL counts for a certificate where the certificate's issuer has signed it; the newest does. What it lists is
// revoked, or on hold, also where the CRL is out of date; that a certificate is good only one that is current tells.
// Partitioned CRLs are used, by their issuingDistributionPoint. Not used are delta and indirect CRLs, and whatever has
// critical extensions that are not known here.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cmpkit/cmp/certificate_status.h"

namespace cmpkit::cmp {

class RevocationList;  // of the implementation

class CrlStatus final : public CertificateStatus {
 public:
  /// Without CRLs: nothing is known yet. Keeps the reference.
  explicit CrlStatus(const Crypto& crypto) : crypto_(crypto) {}

  /// DER of the CRLs that this source (a file, a server) has now, in the place of those it had before. Where one cannot
  /// be used all stays as it was, so that nobody is thought good because a file is broken; the error is a sentence.
  tl::expected<void, std::string> replace(const std::string& source, std::vector<Octets> crls);

  [[nodiscard]] Found of(const CertificateView& certificate, std::span<const Bytes> issuers, Time now) const override;

 private:
  using Lists = std::vector<std::shared_ptr<const RevocationList>>;

  [[nodiscard]] std::shared_ptr<const Lists> lists() const;
  [[nodiscard]] Found of_one(const Lists& lists, const CertificateView& certificate, const CertificateView& issuer,
                             Time now) const;

  const Crypto& crypto_;
  mutable std::mutex mutex_;
  std::map<std::string, Lists> by_source_;
  std::shared_ptr<const Lists> lists_ = std::make_shared<const Lists>();  // all of them, the newest first
};

}  // namespace cmpkit::cmp
