// The end of the audit log, and what a batch appends to it.
#pragma once

#include "cmpkit/cmp/audit.h"
#include "cmpkit/cmp/store.h"
#include "store/batch/statements.h"

namespace cmpkit::store {

class BatchAudit {
 public:
  explicit BatchAudit(const cmp::Crypto& crypto) : crypto_(crypto) {}

  void touch(const std::vector<cmp::AuditEntry>& entries) { is_touched_ = is_touched_ || !entries.empty(); }
  void read(Reads& reads);
  void put(const std::vector<cmp::AuditEntry>& entries);
  void write(Writes& writes) const;

 private:
  const cmp::Crypto& crypto_;
  bool is_touched_ = false;
  cmp::AuditRecord stored_;  // the last one in the database, without its entry; number 0: there is none
  std::vector<cmp::AuditRecord> next_;
};

}  // namespace cmpkit::store
