#include "store/batch/approvals.h"

#include "store/record_encoding.h"

namespace cmpkit::store {

void BatchApprovals::read(Reads& reads) {
  for (auto& [id, slot] : slots_)
    reads.add({"SELECT version FROM approvals WHERE id = $1", {value_of(id)}}, [&into = slot](const Rows& rows) {
      into.stored = into.version = rows.empty() ? 0 : number_of(rows[0][0]);
    });
}

void BatchApprovals::put(const cmp::StoredApproval& approval) {
  Slot& slot = slots_.at(approval.id);
  ++slot.version;
  slot.next = &approval;
}

void BatchApprovals::write(Writes& writes) const {
  for (const auto& [id, slot] : slots_) {
    if (slot.next == nullptr) continue;
    writes.push_back({slot.stored == 0
                          ? "INSERT INTO approvals (id, version, state, since, record) VALUES ($1, $2, $3, $4, $5)"
                          : "UPDATE approvals SET version = $2, state = $3, since = $4, record = $5 WHERE id = $1",
                      {value_of(id), value_of(slot.version), value_of(static_cast<std::uint64_t>(slot.next->state)),
                       value_of(slot.next->since), encode(*slot.next)}});
  }
}

}  // namespace cmpkit::store
