// What a relying party gets to see: the CRL over HTTP.
#pragma once

#include <cstdint>
#include <optional>
#include <set>

#include "cmpkit/octets.h"

namespace cmpkit::crash {

struct PublishedCrl {
  std::uint64_t number = 0;
  std::set<Octets> serials;
  Octets der;
};

/// The CRL at http://127.0.0.1:PORT/crl/0.crl; nothing where there is no answer, or not that.
std::optional<PublishedCrl> fetch_crl(std::uint16_t port);

/// Throws where it is no CRL with a number.
PublishedCrl read_crl(Octets der);

}  // namespace cmpkit::crash
