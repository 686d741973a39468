#include "store/batch/certificates.h"

#include <algorithm>

#include "cmpkit/cmp/algorithms.h"
#include "store/record_encoding.h"

namespace cmpkit::store {

using cmp::Commit;
using cmp::Expectation;
using cmp::IssuedCertificate;
using cmp::StoreError;

Octets subject_column(Bytes subject, const cmp::Crypto& crypto) {
  if (subject.size() <= longest_subject_column) return copy_of(subject);
  return crypto.hash(cmp::identifier_of(cmp::Digest::sha256), {&subject, 1}).value();
}

void BatchCertificates::touch(const cmp::Change& change) {
  for (const auto& certificate : change.certificates) slots_.try_emplace(certificate.serial);
  for (const auto& [of, value, expected] : change.expectations) {
    Count& count = counts_[{of, value}];
    count.most = std::max<std::uint64_t>(count.most, expected + 1);
  }
}

void BatchCertificates::Slot::load(const Rows& rows) {
  if (rows.empty()) return;
  id = number_of(rows[0][0]);
  stored = version = number_of(rows[0][1]);
  auto decoded = decode_certificate(octets_of(rows[0][2]));
  if (decoded)
    before = std::move(*decoded);
  else
    damage = decoded.error();
}

void BatchCertificates::read(Reads& reads) {
  for (auto& [serial, slot] : slots_)
    reads.add({"SELECT id, version, record FROM certificates WHERE serial = $1", {value_of(serial)}},
              [&into = slot](const Rows& rows) { into.load(rows); });
  for (auto& [key, count] : counts_) {
    const auto& [of, value] = key;
    const bool is_key = of == Expectation::Of::key;
    const char* sql = is_key
                          ? "SELECT count(*) FROM (SELECT 1 FROM certificates WHERE key_digest = $1 LIMIT $2) AS found"
                          : "SELECT count(*) FROM (SELECT 1 FROM certificates WHERE subject = $1 LIMIT $2) AS found";
    reads.add({sql, {is_key ? value : subject_column(value, crypto_), value_of(count.most)}},
              [&into = count](const Rows& rows) { into.found = rows.empty() ? 0 : number_of(rows[0][0]); });
  }
}

tl::expected<Commit, StoreError> BatchCertificates::check(const cmp::Change& change) {
  for (const auto& certificate : change.certificates)
    if (auto checked = check(certificate, change); checked != Commit::done) return checked;
  const auto holds = [&](const Expectation& each) {
    return counts_.at({each.of, each.value}).found == each.certificates;
  };
  return std::ranges::all_of(change.expectations, holds) ? Commit::done : Commit::conflict;
}

tl::expected<Commit, StoreError> BatchCertificates::check(const IssuedCertificate& certificate,
                                                          const cmp::Change& change) {
  Slot& slot = slots_.at(certificate.serial);
  if (!slot.damage.empty()) return tl::unexpected(StoreError{"a certificate cannot be read: " + slot.damage});
  if (std::exchange(slot.checked_for, &change) == &change)
    return tl::unexpected(StoreError{"a change names one certificate twice"});
  if (slot.version != 0 && slot.now().certificate != certificate.certificate)
    return tl::unexpected(StoreError{"the serial number is that of another certificate"});
  return slot.version == certificate.version ? Commit::done : Commit::conflict;
}

void BatchCertificates::put(const IssuedCertificate& certificate, Counters& counters) {
  Slot& slot = slots_.at(certificate.serial);
  const IssuedCertificate& before = slot.now();
  if (slot.version == 0) {
    slot.id = ++counters.certificates;
    slot.request = certificate.request;
    count(Expectation::Of::key, certificate.key_digest);
    count(Expectation::Of::subject, certificate.subject);
  }
  const bool entry_changes = certificate.on_crl && before.reason != certificate.reason;
  if (before.on_crl != certificate.on_crl || entry_changes) ++counters.revocations;
  if (slot.version != 0) {
    --counters.of(before.status);
    counters.on_crl -= before.on_crl ? 1U : 0U;
  }
  ++counters.of(certificate.status);
  counters.on_crl += certificate.on_crl ? 1U : 0U;
  ++slot.version;
  slot.next = &certificate;
}

/// For the expectations of the changes after it.
void BatchCertificates::count(Expectation::Of of, const Octets& value) {
  if (const auto it = counts_.find({of, value}); it != counts_.end()) ++it->second.found;
}

void BatchCertificates::write(Writes& writes) const {
  for (const auto& [serial, slot] : slots_) {
    if (slot.next == nullptr) continue;
    const Value id = value_of(slot.id), version = value_of(slot.version), record = encode(*slot.next);
    const Value status = value_of(static_cast<std::uint64_t>(slot.next->status));
    const Value on_crl = value_of(std::uint64_t{slot.next->on_crl});
    if (!slot.request.empty())
      writes.push_back({"INSERT INTO requests (id, request) VALUES ($1, $2)", {id, value_of(slot.request)}});
    if (slot.stored == 0)
      writes.push_back(
          {"INSERT INTO certificates (id, serial, key_digest, subject, status, on_crl, version, record)"
           " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
           {id, serial, slot.next->key_digest, subject_column(slot.next->subject, crypto_), status, on_crl, version,
            record}});
    else
      writes.push_back({"UPDATE certificates SET status = $2, on_crl = $3, version = $4, record = $5 WHERE id = $1",
                        {id, status, on_crl, version, record}});
  }
}

}  // namespace cmpkit::store
