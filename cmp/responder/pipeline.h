// What a message is after each step of its way through the responder. A later step takes only what has passed the
// earlier ones, so unverified input cannot reach it.
//
//   octets -> Received -> Authenticated -> Admitted -> Performed -> committed -> response
#pragma once

#include "cmp/protection/authenticate.h"
#include "cmpkit/asn1/storage.h"

namespace cmpkit::cmp {

/// The nested messages around a message that are opened already (RFC 9483 Section 5.2.2). Views into the outermost.
struct Nesting {
  unsigned depth = 0;       // how many
  Bytes whole{};            // the outermost of those that approve the message; empty: none does
  std::string approved_by;  // who signed the innermost of them, for logs
  Trail trail;              // the checks made of them
  [[nodiscard]] bool approves() const { return !whole.empty(); }
};

/// A message as it came. Views.
struct Arrived {
  Bytes octets;
  std::string_view profile{};  // of the endpoint
  unsigned attempt = 0;        // how often it was answered before in vain: something else was faster
  Nesting nesting{};
};

/// Decoded, and right as far as the header alone tells. Views into the request.
struct Received : Arrived {
  asn1::PKIMessage message;
  std::vector<Transaction> transactions;  // stored under its transactionID, of whatever sender
  std::optional<Refusal> unavailable;     // why they are not known
};

/// ... and its protection proved who sent it.
struct Authenticated {
  Received received;
  Sender sender;
  Octets sender_key;                     // Transaction::sender
  Octets request_digest;                 // Transaction::request_digest
  std::optional<IssuedCertificate> own;  // the sender's certificate, where it is one of ours

  [[nodiscard]] const asn1::PKIHeader& header() const { return received.message.header; }
  [[nodiscard]] const asn1::PKIBody& body() const { return received.message.body; }
  [[nodiscard]] bool by_secret() const { return sender.requester.kind == Requester::Kind::secret; }
  /// An RA approved it by its own protection around it.
  [[nodiscard]] bool approved() const { return received.nesting.approves(); }
  /// The sender's own transaction of this ID, or null.
  [[nodiscard]] const Transaction* transaction() const {
    for (const auto& candidate : received.transactions)
      if (candidate.sender == sender_key) return &candidate;
    return nullptr;
  }
};

/// ... and it is allowed in the state of its transaction, to this sender. Where a delayed answer is polled for,
/// `request` is the request that was delayed and `from` who polls, which is the same sender.
struct Admitted {
  const asn1::PKIMessage& request;
  const Authenticated& from;
  const Permission* permission = nullptr;  // null: certConf, which needs none
  std::string_view profile;                // of the endpoint that the request came to

  [[nodiscard]] const asn1::PKIHeader& header() const { return request.header; }
  [[nodiscard]] const asn1::PKIBody& body() const { return request.body; }
  [[nodiscard]] const Sender& sender() const { return from.sender; }
  [[nodiscard]] bool is_polled() const { return &request != &from.received.message; }
  /// The request, whole, in the nested messages that approve it.
  [[nodiscard]] Bytes octets() const {
    if (is_polled()) return transaction()->delayed_request;
    return from.received.nesting.approves() ? from.received.nesting.whole : from.received.octets;
  }
  /// null: this is its first message.
  [[nodiscard]] const Transaction* transaction() const { return from.transaction(); }
};

/// What an operation comes to: the body of the response, and what is stored with it in one commit.
struct Response {
  asn1::Storage storage;  // of what header and body look into
  asn1::PKIBody body;
  std::vector<asn1::InfoTypeAndValue> general_info;
  std::vector<Octets> certificates;  // for extraCerts (P-07)
  std::optional<Refusal> refusal;    // told in the body; here for the logs

  bool is_stored = true;  // false: it changes nothing, so a transaction of one exchange is not kept
  Transaction::State state = Transaction::State::done;
  std::optional<Time> confirm_by;  // awaiting_confirmation: until when
  std::vector<Transaction::Grant> granted;
  Octets updates;
  std::vector<IssuedCertificate> certificates_changed;
  std::vector<Expectation> expectations;  // Change::expectations
  std::vector<StoredDevice> devices;      // Change::devices
};

/// A Refusal is answered by an error message (E-11), one that belongs into the body is in the Response (E-10).
using Performed = std::variant<Response, Waiting, Refusal>;

}  // namespace cmpkit::cmp
