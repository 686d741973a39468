// The CRLs of a CA (RFC 5280 Section 5): full and numbered, one for all of its certificates or partitioned by issuing
// distribution point. They are made when somebody asks and the last one is out of date, and kept in the store.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cmpkit/cmp/store.h"

namespace cmpkit::cmp {

/// Where the CRLs are found, and into how many parts they are divided.
struct CrlLocation {
  std::string url;  // `{partition}` in it stands for the number of the part, from 0; empty: none is told
  std::uint32_t partitions =
      1;  // from 2 on each CRL has a critical issuingDistributionPoint, for which `url` is needed

  [[nodiscard]] std::string url_of(std::uint32_t partition) const;
};

struct CrlOptions {
  std::shared_ptr<const Signer> signer;  // of the CA's key
  Octets certificate;                    // DER of the CA's certificate
  CrlLocation location;
  std::chrono::seconds validity = std::chrono::hours{7 * 24};  // from thisUpdate to nextUpdate
  std::chrono::seconds renew_before = std::chrono::hours{24};  // the next one is made this long before nextUpdate
};

class CrlIssuer {
 public:
  /// Checks the options: a reason in words. The store must outlive the issuer.
  static tl::expected<std::unique_ptr<CrlIssuer>, std::string> create(CrlOptions options, Store& store,
                                                                      const Environment& environment);

  /// The CRL of this partition that is up to date; one is made and stored where there is none. Where another process
  /// was quicker its CRL is taken. The error is a sentence. Safe to call from several threads at once.
  [[nodiscard]] tl::expected<StoredCrl, std::string> current(std::uint32_t partition, Time now);

  [[nodiscard]] const CrlLocation& location() const { return options_.location; }
  [[nodiscard]] asn1::Name issuer() const;

 private:
  CrlIssuer(CrlOptions options, Store& store, Octets authority_key_identifier);
  [[nodiscard]] bool is_current(const StoredCrl& crl, std::uint64_t revision, Time now) const;
  [[nodiscard]] tl::expected<StoredCrl, std::string> make(std::uint32_t partition, const std::optional<StoredCrl>& last,
                                                          std::uint64_t revision, Time now);

  CrlOptions options_;
  Store& store_;
  Octets authority_key_identifier_;  // DER of the value
  std::mutex making_;                // one signature for all who wait for it
};

}  // namespace cmpkit::cmp
