// What the server sides of a CA (responder.h) and of an RA (relay.h) have in common: whom they believe, what they keep,
// what comes of a request.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cmpkit/cmp/certificate_status.h"
#include "cmpkit/cmp/credential.h"
#include "cmpkit/cmp/policy.h"
#include "cmpkit/cmp/store.h"
#include "cmpkit/cmp/trail.h"
#include "cmpkit/cmp/trust.h"

namespace cmpkit::cmp {

/// Looks up shared secrets by reference (senderKID). Safe to use from several threads at once.
class SharedSecrets {
 public:
  /// Nothing, or an error where they cannot be looked up just now: who asks is told to come back (E-30).
  template <class T>
  using Known = tl::expected<std::optional<T>, StoreError>;

  virtual ~SharedSecrets() = default;
  [[nodiscard]] virtual Known<Octets> find(Bytes reference) const = 0;
  /// Why no new operation may begin with the secret of this reference (it has expired, was used up), in words; nothing:
  /// it may. One that has begun goes on by find().
  [[nodiscard]] virtual Known<std::string> why_not(Bytes, Time) const { return std::nullopt; }
};

struct ServerConfiguration {
  SignatureCredential protection;  // signs our answers to signed requests, and errors to who is not known

  const TrustStore* certificate_trust = nullptr;  // anchors for requesters' certificates; null: none are accepted
  const SharedSecrets* secrets = nullptr;         // null: no MAC protection is accepted (V-31)
  const CertificateStatus* status = nullptr;      // who was revoked; not owned. Null: nothing is known (V-36)
  bool require_status = false;                    // whose status is not known is told to come back (V-36)
  std::vector<Permission> permissions;            // who may do what
  Policy* policy = nullptr;                       // asked about each request, beside permissions and authority; not
                                                  // owned. Null: what is permitted is granted

  unsigned max_nesting = 2;      // nested messages within each other that are unpacked (A-36, D-11); 0: none are taken
  std::size_t max_batch = 1000;  // messages in one nested message

  Quota quota{.per_sender = 1000, .in_all = 1'000'000};  // of transactions that are not done; an RA, which acts for
                                                         // many, has none of its own

  bool answer_last_poll = false;                  // a delayed answer names the senderNonce of the last pollReq and not
                                                  // of the request: what OpenSSL before 3.3 wants (H-73)
  std::chrono::seconds remember{3600};            // how long a finished transaction is known (retry, V-50)
  std::chrono::seconds max_delay{7 * 24 * 3600};  // how long a client may poll for one answer
  std::chrono::seconds message_time_window{300};  // V-41; zero: messageTime is not looked at
  MacLimits mac_limits{};
  asn1::Limits limits{};
};

/// What came of a request.
struct Reply {
  enum class Kind {
    answered,   // positive, or a refusal of what was asked
    malformed,  // the request is no PKIMessage: `octets` is a CMP error, for HTTP status 400 (W-13)
  };
  Kind kind;
  Octets octets;  // DER of the PKIMessage to send

  // For logs:
  std::string_view request;  // body type of the request, `ir`; empty where unknown
  std::string_view response;
  std::string requester;  // subject of its certificate, or reference of its secret; empty: not authenticated
  std::optional<Refusal> refusal;
  Trail trail;
};

}  // namespace cmpkit::cmp
