// What a message is after each step of its way through the responder. A later step takes only what has passed the
// earlier ones, so unverified input cannot reach it.
//
//   octets -> Received -> Authenticated -> Authorised -> granted or refused -> committed -> response
#pragma once

#include "cmp/protection/authenticate.h"
#include "cmpkit/asn1/storage.h"

namespace cmpkit::cmp {

/// Decoded, and right as far as the header alone tells. Views into the request.
struct Received {
  asn1::PKIMessage message;
  Bytes octets;
  std::vector<Transaction> transactions;  // stored under its transactionID, of whatever sender
};

/// ... and its protection proved who sent it.
struct Authenticated {
  Received received;
  Sender sender;
  Octets sender_key;      // Transaction::sender
  Octets request_digest;  // Transaction::request_digest

  [[nodiscard]] const asn1::PKIHeader& header() const { return received.message.header; }
  [[nodiscard]] const asn1::PKIBody& body() const { return received.message.body; }
  /// The sender's own transaction of this ID, or null.
  [[nodiscard]] const Transaction* transaction() const {
    for (const auto& candidate : received.transactions)
      if (candidate.sender == sender_key) return &candidate;
    return nullptr;
  }
};

/// ... and it asks for a certificate that this sender may ask for, of a key it possesses.
struct Authorised {
  CertificateRequest request;
  std::int64_t cert_req_id = 0;
  // What `request` looks into:
  Octets public_key;
  std::optional<asn1::Extensions> extensions;
  std::string profile;
};

}  // namespace cmpkit::cmp
