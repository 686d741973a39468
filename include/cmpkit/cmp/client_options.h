// What every operation of a client is told (RFC 9483 Section 3.4): who we are, whom we believe, how long we wait.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "cmpkit/cmp/credential.h"
#include "cmpkit/cmp/environment.h"
#include "cmpkit/cmp/tolerance.h"
#include "cmpkit/cmp/trust.h"

namespace cmpkit::cmp {

/// One InfoTypeAndValue (RFC 9810 Section 5.3.19), of a general message or of generalInfo.
struct InfoItem {
  Octets type;   // content octets of the OID
  Octets value;  // DER; empty: infoValue is absent (S-03)

  [[nodiscard]] asn1::Oid oid() const { return {type}; }
  friend bool operator==(const InfoItem&, const InfoItem&) = default;
};

/// What happens where the server cannot serve us now, but may do so later (E-14).
struct Retry {
  unsigned new_ids = 3;              // how often transactionIdInUse makes us start over at once
  unsigned later = 5;                // how often systemUnavail or systemFailure makes us try again later; 0: never
  std::chrono::seconds interval{5};  // how much later at first; each time twice as long, so 155 s in all
};

struct ClientOptions {
  Credential credential;               // protects all our messages
  const TrustStore* trust = nullptr;   // anchors for signed responses; required with a SignatureCredential
  std::vector<Octets> untrusted;       // DER; further certificates to build paths with, not believed by themselves
  Octets recipient;                    // DER Name of the CA; empty: NULL-DN (H-20)
  std::vector<InfoItem> general_info;  // further generalInfo of the request (RFC 9810 Section 5.1.1)

  std::chrono::seconds max_poll_time{std::chrono::hours{24}};  // of all polling together (DL-05)
  Retry retry;
  Tolerance tolerance;
  MacLimits mac_limits{};
  asn1::Limits limits{};
};

}  // namespace cmpkit::cmp
