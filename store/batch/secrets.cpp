#include "store/batch/secrets.h"

#include "store/record_encoding.h"

namespace cmpkit::store {

using cmp::Commit;

void BatchSecrets::touch(const cmp::Change& change) {
  if (change.secret) slots_.try_emplace(change.secret->reference);
  for (const auto& reference : {change.secret_used, change.secret_given_back})
    if (reference) slots_.try_emplace(*reference);
}

void BatchSecrets::Slot::load(const Rows& rows) {
  is_stored = !rows.empty();
  if (!is_stored) return;
  auto decoded = decode_secret(octets_of(rows[0][1]));
  if (!decoded) {
    damage = decoded.error();
    return;
  }
  now = std::move(*decoded);
  now.version = number_of(rows[0][0]);
}

void BatchSecrets::read(Reads& reads) {
  for (auto& [reference, slot] : slots_)
    reads.add({"SELECT version, record FROM secrets WHERE reference = $1", {value_of(reference)}},
              [&into = slot](const Rows& rows) { into.load(rows); });
}

tl::expected<Commit, cmp::StoreError> BatchSecrets::check(const cmp::Change& change) const {
  const auto damaged = [](const Slot& slot) {
    return tl::unexpected(cmp::StoreError{"a secret cannot be read: " + slot.damage});
  };
  if (change.secret) {
    const Slot& slot = slots_.at(change.secret->reference);
    if (!slot.damage.empty()) return damaged(slot);
    if (slot.now.version != change.secret->version) return Commit::conflict;
  }
  if (change.secret_used) {
    const Slot& slot = slots_.at(*change.secret_used);
    if (!slot.damage.empty()) return damaged(slot);
    if (slot.now.version != 0 && slot.now.is_used_up()) return Commit::secret_used_up;
  }
  if (change.secret_given_back && !slots_.at(*change.secret_given_back).damage.empty())
    return damaged(slots_.at(*change.secret_given_back));
  return Commit::done;
}

void BatchSecrets::put(const cmp::Change& change, Counters& counters) {
  const auto count = [&](const std::optional<std::string>& reference, auto change_uses) {
    if (!reference) return;
    Slot& slot = slots_.at(*reference);
    if (slot.now.version == 0) return;
    change_uses(slot.now.uses);
    ++slot.now.version;
    slot.is_changed = true;
  };
  count(change.secret_used, [](std::uint32_t& uses) { ++uses; });
  count(change.secret_given_back, [](std::uint32_t& uses) { uses -= uses > 0 ? 1 : 0; });
  if (!change.secret) return;
  Slot& slot = slots_.at(change.secret->reference);
  if (slot.now.version != 0) --counters.secrets;
  slot.now = *change.secret;
  slot.is_changed = true;
  if (slot.now.secret.empty()) {
    slot.now.version = 0;
    return;
  }
  ++slot.now.version;
  ++counters.secrets;
}

void BatchSecrets::write(Writes& writes) const {
  for (const auto& [reference, slot] : slots_) {
    if (!slot.is_changed) continue;
    if (slot.now.version == 0) {
      if (slot.is_stored) writes.push_back({"DELETE FROM secrets WHERE reference = $1", {value_of(reference)}});
      continue;
    }
    writes.push_back({slot.is_stored ? "UPDATE secrets SET version = $2, record = $3 WHERE reference = $1"
                                     : "INSERT INTO secrets (reference, version, record) VALUES ($1, $2, $3)",
                      {value_of(reference), value_of(slot.now.version), encode(slot.now)}});
  }
}

}  // namespace cmpkit::store
