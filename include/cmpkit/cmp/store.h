// The state that must not be lost: running transactions and issued certificates. One call to `commit` is one atomic
// change; the response leaves after it. Implementations: memory here; databases in the store room.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "cmpkit/cmp/environment.h"

namespace cmpkit::cmp {

/// One PKI management operation at a server (ST-1).
struct Transaction {
  enum class State : std::uint8_t {
    awaiting_confirmation,  // a certificate is granted, certConf is due
    done,                   // nothing further is due; kept so that a retry gets its answer and the ID is not reused
  };

  // The key (H-65): who, and which operation of theirs.
  Octets sender;  // digest of the certificate, or the reference of the secret, with its kind in front
  Octets transaction_id;

  std::uint64_t version = 0;  // of the stored state; 0: not stored yet
  State state = State::done;
  bool by_secret = false;  // kind of protection (P-02)
  std::int64_t cert_req_id = 0;
  Octets certificate;  // DER; what certConf is about
  std::vector<Octets>
      sender_certificates;  // DER; the sender's certificate and chain, where certConf may omit them (P-06)
  Octets sender_nonce;      // of our last response (V-20)
  Octets request_digest;    // SHA-256 of the last request, so that a retry is known
  Octets response;          // our answer to it
  Time deadline{};          // awaiting: when confirmation is too late; done: when it may be forgotten
};

/// An issued certificate.
struct IssuedCertificate {
  enum class Status : std::uint8_t { unconfirmed, valid, rejected, revoked };
  Octets serial;       // content octets of the serialNumber
  Octets certificate;  // DER
  Octets holder;       // the transaction's sender
  Octets key_digest;   // SHA-256 of the SubjectPublicKeyInfo
  Status status = Status::unconfirmed;
  Time status_since{};
};

/// One atomic change.
struct Change {
  /// Stored if the stored version still is `version`; the stored one then is of version + 1.
  std::optional<Transaction> transaction;
  /// Added, or the status of the same certificate replaced. Another certificate with this serial is an error.
  std::optional<IssuedCertificate> certificate;
};

struct StoreError {
  std::string text;
};
enum class Commit { done, conflict };  // conflict: the transaction moved meanwhile; nothing was changed

/// Safe to use from several threads at once.
class Store {
 public:
  virtual ~Store() = default;

  /// The transactions with this ID, of whatever sender (normally one).
  [[nodiscard]] virtual tl::expected<std::vector<Transaction>, StoreError> transactions(Bytes transaction_id) = 0;

  [[nodiscard]] virtual tl::expected<std::optional<IssuedCertificate>, StoreError> certificate(Bytes serial) = 0;

  /// True where a certificate for this key (SHA-256 of its SubjectPublicKeyInfo) was issued and not rejected.
  [[nodiscard]] virtual tl::expected<bool, StoreError> key_in_use(Bytes key_digest) = 0;

  /// All of the change or nothing of it, durable when this returns `done`.
  [[nodiscard]] virtual tl::expected<Commit, StoreError> commit(const Change& change) = 0;

  /// Up to `count` transactions whose deadline has come (`deadline <= now`), in no particular order.
  [[nodiscard]] virtual tl::expected<std::vector<Transaction>, StoreError> expired(Time now, std::size_t count) = 0;

  /// Forgets a finished transaction, if it still is of this version.
  [[nodiscard]] virtual tl::expected<Commit, StoreError> forget(const Transaction& transaction) = 0;
};

/// How much a memory store takes in; a commit that would exceed it is an error. A transaction is some 4 KB, a
/// certificate some 1 KB.
struct MemoryStoreLimits {
  std::size_t transactions = 250'000;
  std::size_t certificates = 1'000'000;
};

/// A store that lives as long as the process.
std::unique_ptr<Store> memory_store(const MemoryStoreLimits& limits = {});

}  // namespace cmpkit::cmp
