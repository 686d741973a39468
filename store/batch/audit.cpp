#include "store/batch/audit.h"

namespace cmpkit::store {

void BatchAudit::read(Reads& reads) {
  if (!is_touched_) return;
  reads.add({"SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1", {}}, [this](const Rows& rows) {
    if (!rows.empty()) stored_ = {number_of(rows[0][0]), {}, copy_of(octets_of(rows[0][1]))};
  });
}

void BatchAudit::put(const std::vector<cmp::AuditEntry>& entries) {
  for (const cmp::AuditEntry& entry : entries) {
    const cmp::AuditRecord& last = next_.empty() ? stored_ : next_.back();
    next_.push_back(cmp::chained(last.number == 0 ? nullptr : &last, entry, crypto_));
  }
}

void BatchAudit::write(Writes& writes) const {
  for (const cmp::AuditRecord& record : next_)
    writes.push_back({"INSERT INTO audit (number, entry, hash) VALUES ($1, $2, $3)",
                      {value_of(record.number), record.entry, record.hash}});
}

}  // namespace cmpkit::store
