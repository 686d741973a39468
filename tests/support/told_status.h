// The status of certificates as a test says it; of all others it is good.
#pragma once

#include <map>

#include "cmpkit/cmp/certificate_status.h"

namespace cmpkit::cmp::test {

class ToldStatus final : public CertificateStatus {
 public:
  [[nodiscard]] Found of(const CertificateView& certificate, std::span<const Bytes> issuers, Time) const override {
    ++asked;
    for (const Bytes each : issuers) seen_issuers.push_back(copy_of(each));
    const auto found = states.find(copy_of(certificate.octets()));
    return found == states.end() ? Found{} : Found{found->second, "as the test says of " + certificate.name()};
  }

  std::map<Octets, State> states;
  mutable std::size_t asked = 0;
  mutable std::vector<Octets> seen_issuers;
};

}  // namespace cmpkit::cmp::test
