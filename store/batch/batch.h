// What one transaction of the database does: the changes of several callers, checked one after the other against what
// was read, as if each had been alone. It is used in this order: add() each change, ask questions(), answer(), apply()
// each change, carry out writes().
#pragma once

#include "store/batch/approvals.h"
#include "store/batch/audit.h"
#include "store/batch/certificates.h"
#include "store/batch/crls.h"
#include "store/batch/devices.h"
#include "store/batch/secrets.h"
#include "store/batch/transactions.h"

namespace cmpkit::store {

class Batch {
 public:
  using Result = tl::expected<cmp::Commit, cmp::StoreError>;

  explicit Batch(const cmp::Crypto& crypto) : certificates_(crypto), audit_(crypto) {}

  /// A change, or a transaction to be forgotten; they outlive the batch.
  void add(const cmp::Change& change);
  void add_forgotten(const cmp::Transaction& transaction) { transactions_.touch(transaction); }

  [[nodiscard]] std::span<const Statement> questions();
  void answer(std::span<const Rows> answers);

  /// What becomes of it if the transaction of the database is committed.
  [[nodiscard]] Result apply(const cmp::Change& change);
  [[nodiscard]] Result forget(const cmp::Transaction& transaction);

  /// Empty: nothing changes.
  [[nodiscard]] Writes writes() const;

 private:
  [[nodiscard]] Result check(const cmp::Change& change);
  void put(const cmp::Change& change);

  Reads reads_;
  Counters stored_counters_, counters_;
  BatchTransactions transactions_;
  BatchCertificates certificates_;
  BatchCrls crls_;
  BatchSecrets secrets_;
  BatchApprovals approvals_;
  BatchDevices devices_;
  BatchAudit audit_;
};

}  // namespace cmpkit::store
