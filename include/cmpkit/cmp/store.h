// The state that must not be lost: running transactions and issued certificates. One call to `commit` is one atomic
// change; the response leaves after it. Implementations: memory here; databases in the store room.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "cmpkit/asn1/extensions.h"
#include "cmpkit/cmp/environment.h"

namespace cmpkit::cmp {

/// One PKI management operation at a server (ST-1).
struct Transaction {
  enum class State : std::uint8_t {
    delayed,                // the answer to its first request is not decided yet; the client polls
    awaiting_confirmation,  // a certificate is granted, certConf is due
    done,                   // nothing further is due; kept so that a retry gets its answer and the ID is not reused
  };

  /// A certificate granted in it.
  struct Grant {
    std::int64_t cert_req_id = 0;
    Octets certificate;  // DER
  };

  // The key (H-65): who, and which operation of theirs.
  Octets sender;  // digest of the certificate, or the reference of the secret, with its kind in front
  Octets transaction_id;

  std::uint64_t version = 0;  // of the stored state; 0: not stored yet
  State state = State::done;
  bool by_secret = false;      // kind of protection (P-02)
  std::vector<Grant> granted;  // what certConf is about
  Octets updates;              // kur: serial number of the certificate that is updated
  std::vector<Octets>
      sender_certificates;  // DER; the sender's certificate and chain, where later messages may omit them (P-06)
  bool confirmed = false;   // a certConf was answered (C-08)
  Octets request_nonce;     // senderNonce of the last request: the next one has another (H-70)
  Octets sender_nonce;      // of our last response (V-20)
  Octets request_digest;    // SHA-256 of the last request, so that a retry is known
  Octets response;          // our answer to it
  Time deadline{};          // delayed, awaiting: when it is too late; done: when it may be forgotten

  Octets delayed_request;   // the request, whole, whose answer the client polls for; empty: none
  std::string profile;      // of the endpoint that the delayed request came to
  std::uint32_t polls = 0;  // how often it was polled for
};

/// An issued certificate.
struct IssuedCertificate {
  enum class Status : std::uint8_t {
    unconfirmed,
    valid,
    updated,   // replaced by a confirmed key update; still valid to those who rely on it
    rejected,  // by the client, or by its silence
    held,      // revoked, but may be released (certificateHold)
    revoked,
  };
  Octets serial;       // content octets of the serialNumber
  Octets certificate;  // DER
  Octets holder;       // the transaction's sender
  Octets key_digest;   // SHA-256 of the SubjectPublicKeyInfo
  Octets subject;      // subject_key() of its subject
  Status status = Status::unconfirmed;
  Time status_since{};
  bool on_crl = false;                                           // it is on CRLs that are made from now on
  asn1::CRLReason::Value reason = asn1::CRLReason::unspecified;  // where it is on CRLs
  Time update_until{};        // a key update of it awaits its confirmation until then
  std::uint64_t version = 0;  // of the stored state; 0: not stored yet
};

/// A CRL as it was signed.
struct StoredCrl {
  std::uint32_t partition = 0;  // which part of the certificates; 0 where there is one CRL for all
  std::uint64_t number = 0;     // CRLNumber, from 1
  Time this_update{}, next_update{};
  std::uint64_t revision = 0;  // Store::revocations() when it was made
  Octets der;
};

/// One atomic change: all of it is stored, or nothing. A conflict where the stored version of the transaction or of one
/// of the certificates is another than the one given, or where the stored CRL of that partition has not the number
/// before. What is stored gets the next version.
struct Change {
  std::optional<Transaction> transaction;
  /// Added (version 0), or all that may change of it replaced. Two certificates with one serial
  /// number are an error.
  std::vector<IssuedCertificate> certificates;
  std::optional<StoredCrl> crl;
};

struct StoreError {
  std::string text;
};
enum class Commit { done, conflict };  // conflict: something moved meanwhile; nothing was changed

/// Safe to use from several threads at once.
class Store {
 public:
  virtual ~Store() = default;

  /// The transactions with this ID, of whatever sender (normally one).
  [[nodiscard]] virtual tl::expected<std::vector<Transaction>, StoreError> transactions(Bytes transaction_id) = 0;

  [[nodiscard]] virtual tl::expected<std::optional<IssuedCertificate>, StoreError> certificate(Bytes serial) = 0;

  /// The certificates, of whatever status, for this key (SHA-256 of its SubjectPublicKeyInfo).
  [[nodiscard]] virtual tl::expected<std::vector<IssuedCertificate>, StoreError> certificates_for(Bytes key_digest) = 0;

  /// The certificates, of whatever status, with this subject (subject_key()).
  [[nodiscard]] virtual tl::expected<std::vector<IssuedCertificate>, StoreError> certificates_named(Bytes subject) = 0;

  /// The certificates with on_crl, of one partition (serial_partition()) of `partitions`.
  [[nodiscard]] virtual tl::expected<std::vector<IssuedCertificate>, StoreError> revoked(std::uint32_t partition,
                                                                                         std::uint32_t partitions) = 0;

  /// A number that grows with every change to what revoked() gives: where it is that of a CRL, the CRL is up to date.
  [[nodiscard]] virtual tl::expected<std::uint64_t, StoreError> revocations() = 0;

  /// The latest CRL of a partition.
  [[nodiscard]] virtual tl::expected<std::optional<StoredCrl>, StoreError> crl(std::uint32_t partition) = 0;

  /// All of the change or nothing of it, durable when this returns `done`.
  [[nodiscard]] virtual tl::expected<Commit, StoreError> commit(const Change& change) = 0;

  /// Up to `count` transactions whose deadline has come (`deadline <= now`), in no particular order.
  [[nodiscard]] virtual tl::expected<std::vector<Transaction>, StoreError> expired(Time now, std::size_t count) = 0;

  /// Forgets a finished transaction, if it still is of this version.
  [[nodiscard]] virtual tl::expected<Commit, StoreError> forget(const Transaction& transaction) = 0;
};

/// Which of so many partitions a certificate belongs to, by its serial number's last octets.
std::uint32_t serial_partition(Bytes serial, std::uint32_t partitions);

/// Under which the certificates of a subject are found: the same for names that differ in case and space only.
Octets subject_key(asn1::Name subject);

/// How much a memory store takes in; a commit that would exceed it is an error. A transaction is some 4 KB, a
/// certificate some 1 KB.
struct MemoryStoreLimits {
  std::size_t transactions = 250'000;
  std::size_t certificates = 1'000'000;
};

/// A store that lives as long as the process.
std::unique_ptr<Store> memory_store(const MemoryStoreLimits& limits = {});

}  // namespace cmpkit::cmp
