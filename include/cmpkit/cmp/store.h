// The state that must not be lost: transactions, certificates, CRLs, secrets, approvals and the audit log. One call to
// `commit` is one atomic change; the response leaves after it. Implementations: memory here; SQLite and PostgreSQL in
// the store room.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "cmpkit/cmp/store_records.h"

namespace cmpkit::cmp {

/// What a decision was based on: so many certificates, of whatever status, are stored for this key or subject.
struct Expectation {
  enum class Of : std::uint8_t { key, subject };
  Of of{};
  Octets value;  // IssuedCertificate::key_digest or ::subject
  std::size_t certificates = 0;
};

/// How many transactions that are not done may be stored; 0: any number.
struct Quota {
  std::size_t per_sender = 0, in_all = 0;
};

/// One atomic change: all of it is stored, or nothing. What has a version is added (version 0) or replaced; it is a
/// conflict where the stored version is another one. What is stored gets the next version.
struct Change {
  std::optional<Transaction> transaction{};
  /// Certificates are never deleted. Two with one serial number are an error.
  std::vector<IssuedCertificate> certificates{};
  std::optional<StoredCrl> crl{};  // a conflict where the stored one of this partition has not the number before
  /// A conflict where one of them does not hold, counted before this change.
  std::vector<Expectation> expectations{};
  Quota quota{};                             // for a transaction that is new and not done
  std::optional<std::string> secret_used{};  // reference: where it is stored, it counts a use and gets the next version
  std::optional<std::string> secret_given_back{};  // reference: ... it counts one less: that use came to nothing
  std::optional<StoredSecret> secret{};
  std::optional<StoredApproval> approval{};
  std::vector<StoredDevice> devices{};  // are added, or replaced
  std::vector<AuditEntry> audit{};      // appended to the log, in this order
};

struct StoreError {
  std::string text;  // a sentence for a person: what failed, and what to do where that is known
};

/// What became of a change. All but `done`: nothing was changed.
enum class Commit {
  done,
  conflict,        // something moved meanwhile
  over_quota,      // Change::quota
  secret_used_up,  // Change::secret_used: it was used as often as it may be
};

/// Which certificates Store::list() gives.
struct CertificateQuery {
  Octets after;  // serial number: those that follow it; empty: from the first one
  std::optional<IssuedCertificate::Status> status;
  std::string subject;      // is part of subject_key(), in lower case; empty: any
  std::size_t count = 100;  // at most
};

/// Which devices Store::devices() gives, in the order of manufacturer and serial.
struct DeviceQuery {
  std::string after_manufacturer, after_serial;  // those that follow it; both empty: from the first one
  std::optional<StoredDevice::State> state;
  std::size_t count = 100;  // at most
};

/// How much is stored.
struct StoreStatistics {
  std::array<std::uint64_t, 6> certificates{};  // by IssuedCertificate::Status
  std::array<std::uint64_t, 5> transactions{};  // by Transaction::State
  std::uint64_t on_crl = 0;
  std::uint64_t approvals = 0;  // that wait
  std::uint64_t secrets = 0;
  std::uint64_t devices = 0;
  std::uint64_t audit_entries = 0;
};

/// Safe to use from several threads at once.
class Store {
 public:
  virtual ~Store() = default;

  /// The transactions with this ID, of whatever sender (normally one).
  [[nodiscard]] virtual tl::expected<std::vector<Transaction>, StoreError> transactions(Bytes transaction_id) = 0;

  /// Up to `count` transactions in this state, those with the earliest deadline first.
  [[nodiscard]] virtual tl::expected<std::vector<Transaction>, StoreError> transactions_in(Transaction::State state,
                                                                                           std::size_t count) = 0;

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

  /// The request that led to this certificate; nothing where there is no such certificate, or it is not known.
  [[nodiscard]] virtual tl::expected<std::optional<Octets>, StoreError> request(Bytes serial) = 0;

  /// Certificates in the order of their serial numbers' octets, to be asked for page after page.
  [[nodiscard]] virtual tl::expected<std::vector<IssuedCertificate>, StoreError> list(
      const CertificateQuery& query) = 0;

  [[nodiscard]] virtual tl::expected<StoreStatistics, StoreError> statistics() = 0;

  [[nodiscard]] virtual tl::expected<std::optional<StoredSecret>, StoreError> secret(std::string_view reference) = 0;

  /// All of them, in the order of their references.
  [[nodiscard]] virtual tl::expected<std::vector<StoredSecret>, StoreError> secrets() = 0;

  [[nodiscard]] virtual tl::expected<std::optional<StoredApproval>, StoreError> approval(std::string_view id) = 0;

  /// Those in this state, the oldest first.
  [[nodiscard]] virtual tl::expected<std::vector<StoredApproval>, StoreError> approvals(
      StoredApproval::State state) = 0;

  [[nodiscard]] virtual tl::expected<std::optional<StoredDevice>, StoreError> device(std::string_view manufacturer,
                                                                                     std::string_view serial) = 0;

  /// The device that was issued the certificate with this serial number last.
  [[nodiscard]] virtual tl::expected<std::optional<StoredDevice>, StoreError> device_with(Bytes certificate) = 0;

  [[nodiscard]] virtual tl::expected<std::vector<StoredDevice>, StoreError> devices(const DeviceQuery& query) = 0;

  /// Up to `count` entries of the audit log whose number is greater than `after`, in their order.
  [[nodiscard]] virtual tl::expected<std::vector<AuditRecord>, StoreError> audit(std::uint64_t after,
                                                                                 std::size_t count) = 0;

  /// All of the change or nothing of it, durable when this returns. After an error it may be stored or not: who
  /// asks again finds out by the versions.
  [[nodiscard]] virtual tl::expected<Commit, StoreError> commit(const Change& change) = 0;

  /// Up to `count` transactions whose deadline has come (`deadline <= now`), in no particular order.
  [[nodiscard]] virtual tl::expected<std::vector<Transaction>, StoreError> expired(Time now, std::size_t count) = 0;

  /// Forgets finished transactions, all at once; one that is of another version by now is left. Returns how many.
  [[nodiscard]] virtual tl::expected<std::size_t, StoreError> forget(std::span<const Transaction> transactions) = 0;

  /// Forgets approvals, of whatever state, that were asked for before this time. Returns how many.
  [[nodiscard]] virtual tl::expected<std::size_t, StoreError> forget_approvals(Time before) = 0;
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
  std::size_t audit_entries = 100'000;  // older ones are dropped
};

/// A store that lives as long as the process. Its audit log is hashed by Botan.
std::unique_ptr<Store> memory_store(const MemoryStoreLimits& limits = {});

}  // namespace cmpkit::cmp
