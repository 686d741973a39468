#include "store/batch/devices.h"

#include "store/record_encoding.h"

namespace cmpkit::store {

using cmp::Commit;

void BatchDevices::touch(const std::vector<cmp::StoredDevice>& devices) {
  for (const auto& device : devices) slots_.try_emplace(key_of(device));
}

void BatchDevices::read(Reads& reads) {
  for (auto& [key, slot] : slots_)
    reads.add(
        {"SELECT version FROM devices WHERE manufacturer = $1 AND serial = $2",
         {value_of(key.first), value_of(key.second)}},
        [&into = slot](const Rows& rows) { into.stored = into.version = rows.empty() ? 0 : number_of(rows[0][0]); });
}

tl::expected<Commit, cmp::StoreError> BatchDevices::check(const cmp::Change& change) {
  for (const auto& device : change.devices) {
    Slot& slot = slots_.at(key_of(device));
    if (std::exchange(slot.checked_for, &change) == &change)
      return tl::unexpected(cmp::StoreError{"a change names one device twice"});
    if (slot.version != device.version) return Commit::conflict;
  }
  return Commit::done;
}

void BatchDevices::put(const cmp::StoredDevice& device, Counters& counters) {
  Slot& slot = slots_.at(key_of(device));
  if (slot.version == 0) ++counters.devices;
  ++slot.version;
  slot.next = &device;
}

void BatchDevices::write(Writes& writes) const {
  for (const auto& [key, slot] : slots_) {
    if (slot.next == nullptr) continue;
    const Octets& certificate = slot.next->certificate;
    writes.push_back({slot.stored == 0
                          ? "INSERT INTO devices (manufacturer, serial, version, state, certificate, record)"
                            " VALUES ($1, $2, $3, $4, $5, $6)"
                          : "UPDATE devices SET version = $3, state = $4, certificate = $5, record = $6"
                            " WHERE manufacturer = $1 AND serial = $2",
                      {value_of(key.first), value_of(key.second), value_of(slot.version),
                       value_of(static_cast<std::uint64_t>(slot.next->state)),
                       certificate.empty() ? Value{} : value_of(Bytes(certificate)), encode(*slot.next)}});
  }
}

}  // namespace cmpkit::store
