// What a CA and an RA do alike with a message from downstream: reading it, finding out who sent it and whether they may
// (RFC 9483 Section 3.5), and answering in kind.
#pragma once

#include <functional>

#include "cmp/message/encode_message.h"
#include "cmp/responder/pipeline.h"

namespace cmpkit::cmp {

/// What is in a nested message. Views into it.
struct NestedContent {
  std::vector<Bytes> messages;  // each as it came
  bool approves = false;        // one, whose transactionID and senderNonce the nested one has; else a batch
  std::optional<asn1::PKIBody::Type> operation;  // that is approved, where it begins with this message
};

/// ... of somebody who may send it.
struct OpenedNested {
  NestedContent content;
  Authenticated from;
};

/// A request whose answer is delayed. Views into its transaction.
struct Delayed {
  asn1::PKIMessage request;
  bool approved = false;  // by somebody who may still approve it
};

class Reception {
 protected:
  /// References: whoever inherits from this owns all of it.
  Reception(const ServerConfiguration& server, Store& store, Environment environment)
      : server_(server), store_(store), environment_(environment) {}
  ~Reception() = default;
  Reception(const Reception&) = delete;
  Reception& operator=(const Reception&) = delete;

  /// Checks what ServerConfiguration says.
  tl::expected<void, std::string> prepare();

  Checked<asn1::PKIMessage> decode(Bytes request, Reply& reply) const;
  /// The transactions with the message's transactionID, or why they are not known.
  void look_up(Received& received);
  std::optional<Refusal> check_kind_of_protection(const Received& received, Reply& reply) const;
  Checked<Authenticated> authenticate(Received received, Reply& reply) const;
  std::optional<Refusal> check_time(const Authenticated& from, Reply& reply) const;
  std::optional<Refusal> check_fresh_nonce(const Authenticated& from, Reply& reply) const;
  /// V-36: neither the sender's certificate nor one above it was revoked, as far as is known. Asked for every message:
  /// nothing goes on either once it is.
  std::optional<Refusal> check_status(const Authenticated& from, Reply& reply) const;
  /// V-36: what this status means for who `revokes` certificates, or does anything else. One on hold may be released or
  /// revoked.
  std::optional<Refusal> judge_status(const CertificateStatus::Found& found, bool revokes, Reply& reply) const;
  /// The message begins a transaction (V-22, V-50).
  std::optional<Refusal> check_begins(const Authenticated& from, Reply& reply) const;
  /// What lets its sender do this (V-37).
  Checked<const Permission*> permit(const Authenticated& from, asn1::PKIBody::Type type, Reply& reply) const;

  // nested.cpp: messages within messages
  /// What is in a nested message, once all is checked that can be without knowing who signed it.
  Checked<NestedContent> open_nested(const Received& outer, Reply& reply) const;
  /// What lets the signer of a nested message send this for others.
  Checked<const Permission*> permit_nested(const Authenticated& from, const NestedContent& content, Reply& reply) const;
  /// The request whose answer is delayed in this transaction; `open` opens the nested messages that approve it.
  using Open = std::function<Checked<OpenedNested>(Received outer, Reply& reply)>;
  Checked<Delayed> delayed_request(const Transaction& transaction, const Open& open) const;
  /// A message of a batch, as it is to be handled.
  static Arrived member(const Authenticated& from, Bytes message);
  /// A message whose nested message `from` approves it, as it is to be handled. Views into `from`.
  static Arrived approved_message(const Authenticated& from, const NestedContent& content, const Reply& reply);
  /// The answer to a batch: the answers to what is in it. Those that are empty are left out.
  CryptoResult<Octets> encode_batch_answer(const asn1::PKIHeader& request, std::span<const Octets> answers) const;

  /// The header of an answer: everything but what the protector fills in. Views into `request` and `storage`.
  asn1::PKIHeader answer_header(const asn1::PKIHeader& request, asn1::Storage& storage) const;
  /// Protects in kind and encodes; `certificates` go into extraCerts.
  CryptoResult<Octets> encode_answer(const Sender& sender, const asn1::PKIHeader& header, const asn1::PKIBody& body,
                                     std::span<const Bytes> certificates) const;
  /// An error message; `from` null: the request is not authenticated, so it is signed (E-13).
  Reply& answer_error(const asn1::PKIHeader& request, const Authenticated* from, Refusal refusal, Reply& reply) const;

  tl::expected<bool, StoreError> has_moved(const Authenticated& from);
  /// What the audit log tells about this reply.
  AuditEntry audit_entry(const Authenticated& from, std::string_view result, const Reply& reply) const;
  Time now() const { return environment_.clock.now(); }

  const ServerConfiguration& server_;
  Store& store_;
  Environment environment_;
  std::unique_ptr<Protector> signature_protector_;
};

constexpr unsigned most_attempts = 5;  // to answer one message while others change the same

/// What begins an operation; a permission says who may.
bool is_request(asn1::PKIBody::Type type);
bool is_certificate_request(asn1::PKIBody::Type type);

/// The header of a request that is no whole PKIMessage, where at least that can be read: its nonce and transactionID
/// make the error useful to the client. Empty where not.
asn1::PKIHeader salvage_header(Bytes request);

/// What went wrong, in statusString and failInfo.
asn1::PKIStatusInfo rejection(const Refusal& refusal, asn1::Storage& storage);

/// The status waiting, without failInfo (E-12), and the reason.
asn1::PKIStatusInfo waiting_status(const Waiting& waiting, asn1::Storage& storage);

/// Keeps the sender's certificates for its later messages in this transaction.
void keep_certificates(const Authenticated& from, Transaction& transaction);

}  // namespace cmpkit::cmp
