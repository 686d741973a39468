#include "store/batch/batch.h"

namespace cmpkit::store {

using cmp::Change;
using cmp::Commit;

void Batch::add(const Change& change) {
  if (change.transaction) transactions_.touch(*change.transaction, change.quota);
  certificates_.touch(change);
  if (change.crl) crls_.touch(*change.crl);
  secrets_.touch(change);
  if (change.approval) approvals_.touch(*change.approval);
  devices_.touch(change.devices);
  audit_.touch(change.audit);
}

std::span<const Statement> Batch::questions() {
  reads_.add(Counters::question(), [this](const Rows& rows) { stored_counters_ = counters_ = Counters::in(rows); });
  transactions_.read(reads_);
  certificates_.read(reads_);
  crls_.read(reads_);
  secrets_.read(reads_);
  approvals_.read(reads_);
  devices_.read(reads_);
  audit_.read(reads_);
  return reads_.questions();
}

void Batch::answer(std::span<const Rows> answers) { reads_.answer(answers); }

Batch::Result Batch::apply(const Change& change) {
  auto checked = check(change);
  if (checked == Commit::done) put(change);
  return checked;
}

Batch::Result Batch::check(const Change& change) {
  if (change.transaction && !transactions_.has_version(*change.transaction)) return Commit::conflict;
  if (change.transaction && transactions_.is_over(change.quota, *change.transaction, counters_))
    return Commit::over_quota;
  if (auto checked = certificates_.check(change); checked != Commit::done) return checked;
  if (change.crl && !crls_.is_next(*change.crl)) return Commit::conflict;
  if (change.approval && !approvals_.has_version(*change.approval)) return Commit::conflict;
  if (auto checked = devices_.check(change); checked != Commit::done) return checked;
  return secrets_.check(change);
}

void Batch::put(const Change& change) {
  if (change.transaction) transactions_.put(*change.transaction, counters_);
  for (const auto& certificate : change.certificates) certificates_.put(certificate, counters_);
  if (change.crl) crls_.put(*change.crl);
  secrets_.put(change, counters_);
  if (change.approval) approvals_.put(*change.approval);
  for (const auto& device : change.devices) devices_.put(device, counters_);
  audit_.put(change.audit);
}

Batch::Result Batch::forget(const cmp::Transaction& transaction) {
  if (transaction.version == 0 || !transactions_.has_version(transaction)) return Commit::conflict;
  transactions_.forget(transaction, counters_);
  return Commit::done;
}

Writes Batch::writes() const {
  Writes writes;
  transactions_.write(writes);
  certificates_.write(writes);
  crls_.write(writes);
  secrets_.write(writes);
  approvals_.write(writes);
  devices_.write(writes);
  audit_.write(writes);
  if (counters_ != stored_counters_) writes.push_back(counters_.update());
  return writes;
}

}  // namespace cmpkit::store
