#include "store/batch/crls.h"

namespace cmpkit::store {

void BatchCrls::read(Reads& reads) {
  for (auto& [partition, slot] : slots_)
    reads.add({"SELECT number FROM crls WHERE part = $1", {value_of(std::uint64_t{partition})}},
              [&into = slot](const Rows& rows) {
                into.is_stored = !rows.empty();
                if (into.is_stored) into.number = number_of(rows[0][0]);
              });
}

void BatchCrls::put(const cmp::StoredCrl& crl) {
  Slot& slot = slots_.at(crl.partition);
  slot.number = crl.number;
  slot.next = &crl;
}

void BatchCrls::write(Writes& writes) const {
  for (const auto& [partition, slot] : slots_) {
    if (slot.next == nullptr) continue;
    const char* sql = slot.is_stored ? "UPDATE crls SET number = $2, this_update = $3, next_update = $4, revision = $5,"
                                       " der = $6 WHERE part = $1"
                                     : "INSERT INTO crls (part, number, this_update, next_update, revision, der)"
                                       " VALUES ($1, $2, $3, $4, $5, $6)";
    writes.push_back({sql,
                      {value_of(std::uint64_t{partition}), value_of(slot.number), value_of(slot.next->this_update),
                       value_of(slot.next->next_update), value_of(slot.next->revision), slot.next->der}});
  }
}

}  // namespace cmpkit::store
