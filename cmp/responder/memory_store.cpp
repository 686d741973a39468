// The memory store: one lock, since a commit takes some microseconds only. Ordered maps throughout: peers choose the
// transaction IDs, and a hash table could be flooded.
#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <set>

#include "cmpkit/asn1/names.h"
#include "cmpkit/cmp/audit.h"
#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/store.h"

namespace cmpkit::cmp {
namespace {

template <class T>
using Result = tl::expected<T, StoreError>;
using Index = std::map<Octets, std::set<Octets>>;  // serial numbers by something else

template <class Map, class Key>
auto found_in(const Map& map, const Key& key) {
  const auto it = map.find(key);
  return it == map.end() ? std::nullopt : std::optional(it->second);
}

/// The version of what is stored under this key; 0: nothing is.
template <class Map, class Key>
std::uint64_t version_in(const Map& map, const Key& key) {
  const auto it = map.find(key);
  return it == map.end() ? 0 : it->second.version;
}

template <class Map, class Key, class Record>
auto& replace(Map& map, const Key& key, const Record& record) {
  auto& stored = map[key] = record;
  ++stored.version;
  return stored;
}

bool is_open(const Transaction& transaction) { return transaction.state != Transaction::State::done; }

class MemoryStore final : public Store {
 public:
  explicit MemoryStore(const MemoryStoreLimits& limits) : limits_(limits) {}

  Result<std::vector<Transaction>> transactions(Bytes transaction_id) override {
    const std::lock_guard lock(mutex_);
    const Octets id = copy_of(transaction_id);
    std::vector<Transaction> found;
    for (auto it = transactions_.lower_bound({id, {}}); it != transactions_.end() && it->first.first == id; ++it)
      found.push_back(it->second);
    return found;
  }

  Result<std::vector<Transaction>> transactions_in(Transaction::State state, std::size_t count) override {
    const std::lock_guard lock(mutex_);
    std::vector<Transaction> found;
    for (const auto& [deadline, key] : deadlines_) {
      if (found.size() == count) break;
      if (const Transaction& each = transactions_.at(key); each.state == state) found.push_back(each);
    }
    return found;
  }

  Result<std::optional<IssuedCertificate>> certificate(Bytes serial) override {
    const std::lock_guard lock(mutex_);
    return found_in(certificates_, copy_of(serial));
  }

  Result<std::vector<IssuedCertificate>> certificates_for(Bytes key_digest) override {
    return certificates_in(keys_, key_digest);
  }

  Result<std::vector<IssuedCertificate>> certificates_named(Bytes subject) override {
    return certificates_in(subjects_, subject);
  }

  Result<std::vector<IssuedCertificate>> revoked(std::uint32_t partition, std::uint32_t partitions) override {
    const std::lock_guard lock(mutex_);
    std::vector<IssuedCertificate> found;
    for (const Octets& serial : revoked_)
      if (serial_partition(serial, partitions) == partition) found.push_back(certificates_.at(serial));
    return found;
  }

  Result<std::uint64_t> revocations() override {
    const std::lock_guard lock(mutex_);
    return revocations_;
  }

  Result<std::optional<StoredCrl>> crl(std::uint32_t partition) override {
    const std::lock_guard lock(mutex_);
    return found_in(crls_, partition);
  }

  Result<std::optional<Octets>> request(Bytes serial) override {
    const std::lock_guard lock(mutex_);
    return found_in(requests_, copy_of(serial));
  }

  Result<std::vector<IssuedCertificate>> list(const CertificateQuery& query) override {
    const std::lock_guard lock(mutex_);
    std::vector<IssuedCertificate> found;
    for (auto it = certificates_.upper_bound(query.after); it != certificates_.end() && found.size() < query.count;
         ++it) {
      const IssuedCertificate& each = it->second;
      const bool named = text_of(each.subject).find(query.subject) != std::string_view::npos;
      if (named && (!query.status || each.status == *query.status)) found.push_back(each);
    }
    return found;
  }

  Result<StoreStatistics> statistics() override {
    const std::lock_guard lock(mutex_);
    StoreStatistics out;
    for (const auto& [serial, each] : certificates_) ++out.certificates[static_cast<std::size_t>(each.status)];
    for (const auto& [key, each] : transactions_) ++out.transactions[static_cast<std::size_t>(each.state)];
    out.on_crl = revoked_.size();
    for (const auto& [id, each] : approvals_) out.approvals += each.state == StoredApproval::State::waiting ? 1U : 0U;
    out.secrets = secrets_.size();
    out.devices = devices_.size();
    out.audit_entries = audit_.empty() ? 0 : audit_.back().number;
    return out;
  }

  Result<std::optional<StoredSecret>> secret(std::string_view reference) override {
    const std::lock_guard lock(mutex_);
    return found_in(secrets_, reference);
  }

  Result<std::vector<StoredSecret>> secrets() override {
    const std::lock_guard lock(mutex_);
    std::vector<StoredSecret> out;
    for (const auto& [reference, each] : secrets_) out.push_back(each);
    return out;
  }

  Result<std::optional<StoredApproval>> approval(std::string_view id) override {
    const std::lock_guard lock(mutex_);
    return found_in(approvals_, id);
  }

  Result<std::vector<StoredApproval>> approvals(StoredApproval::State state) override {
    const std::lock_guard lock(mutex_);
    std::vector<StoredApproval> out;
    for (const auto& [id, each] : approvals_)
      if (each.state == state) out.push_back(each);
    std::ranges::stable_sort(out, {}, &StoredApproval::since);
    return out;
  }

  Result<std::optional<StoredDevice>> device(std::string_view manufacturer, std::string_view serial) override {
    const std::lock_guard lock(mutex_);
    return found_in(devices_, DeviceKey{manufacturer, serial});
  }

  Result<std::optional<StoredDevice>> device_with(Bytes certificate) override {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, each] : devices_)
      if (!certificate.empty() && same_octets(each.certificate, certificate)) return each;
    return std::nullopt;
  }

  Result<std::vector<StoredDevice>> devices(const DeviceQuery& query) override {
    const std::lock_guard lock(mutex_);
    std::vector<StoredDevice> found;
    const bool first = query.after_manufacturer.empty() && query.after_serial.empty();
    auto it = first ? devices_.begin() : devices_.upper_bound({query.after_manufacturer, query.after_serial});
    for (; it != devices_.end() && found.size() < query.count; ++it)
      if (!query.state || it->second.state == *query.state) found.push_back(it->second);
    return found;
  }

  Result<std::vector<AuditRecord>> audit(std::uint64_t after, std::size_t count) override {
    const std::lock_guard lock(mutex_);
    const auto first = std::ranges::upper_bound(audit_, after, {}, &AuditRecord::number);
    const auto left = static_cast<std::size_t>(audit_.end() - first);
    return std::vector<AuditRecord>(first, first + static_cast<std::ptrdiff_t>(std::min(count, left)));
  }

  Result<Commit> commit(const Change& change) override {
    const std::lock_guard lock(mutex_);
    if (auto checked = check(change); !checked || *checked != Commit::done) return checked;
    put(change);
    return Commit::done;
  }

  Result<std::vector<Transaction>> expired(Time now, std::size_t count) override {
    const std::lock_guard lock(mutex_);
    std::vector<Transaction> found;
    for (const auto& [deadline, key] : deadlines_) {
      if (deadline > now || found.size() == count) break;
      found.push_back(transactions_.at(key));
    }
    return found;
  }

  Result<std::size_t> forget(std::span<const Transaction> transactions) override {
    const std::lock_guard lock(mutex_);
    return std::ranges::count_if(transactions, [&](const Transaction& transaction) {
      const auto it = transactions_.find(key_of(transaction));
      if (it == transactions_.end() || it->second.version != transaction.version) return false;
      take_out(it->second);
      transactions_.erase(it);
      return true;
    });
  }

  Result<std::size_t> forget_approvals(Time before) override {
    const std::lock_guard lock(mutex_);
    return std::erase_if(approvals_, [&](const auto& each) { return each.second.since < before; });
  }

 private:
  using TransactionKey = std::pair<Octets, Octets>;       // transaction ID, sender
  using DeviceKey = std::pair<std::string, std::string>;  // manufacturer, serial

  static TransactionKey key_of(const Transaction& transaction) {
    return {transaction.transaction_id, transaction.sender};
  }

  std::vector<IssuedCertificate> certificates_in(const Index& index, Bytes key) {
    const std::lock_guard lock(mutex_);
    std::vector<IssuedCertificate> found;
    if (const auto serials = found_in(index, copy_of(key)))
      for (const Octets& serial : *serials) found.push_back(certificates_.at(serial));
    return found;
  }

  [[nodiscard]] bool holds(const Expectation& expected) const {
    const Index& index = expected.of == Expectation::Of::key ? keys_ : subjects_;
    const auto it = index.find(expected.value);
    return (it == index.end() ? 0 : it->second.size()) == expected.certificates;
  }

  [[nodiscard]] Result<Commit> check(const Change& change) const;
  [[nodiscard]] Result<Commit> check_certificate(const IssuedCertificate& certificate) const;
  [[nodiscard]] Result<Commit> check_devices(const Change& change) const;
  [[nodiscard]] bool is_over(const Quota& quota, const Transaction& transaction) const;
  [[nodiscard]] Result<void> check_room(const Change& change) const;
  void put(const Change& change);
  void put(const Transaction& transaction);
  void put(const IssuedCertificate& certificate);
  void put(const AuditEntry& entry);
  void take_out(const Transaction& transaction);

  const MemoryStoreLimits limits_;
  std::mutex mutex_;
  std::map<TransactionKey, Transaction> transactions_;
  std::set<std::pair<Time, TransactionKey>> deadlines_;
  std::map<Octets, std::size_t> open_;  // by sender: the number of transactions that are not done
  std::size_t open_in_all_ = 0;
  std::map<Octets, IssuedCertificate> certificates_;
  std::map<Octets, Octets> requests_;
  Index keys_, subjects_;
  std::set<Octets> revoked_;  // the serial numbers of those on CRLs
  std::uint64_t revocations_ = 0;
  std::map<std::uint32_t, StoredCrl> crls_;
  std::map<std::string, StoredSecret, std::less<>> secrets_;
  std::map<std::string, StoredApproval, std::less<>> approvals_;
  std::map<DeviceKey, StoredDevice> devices_;
  std::deque<AuditRecord> audit_;
};

Result<Commit> MemoryStore::check(const Change& change) const {
  if (change.transaction) {
    if (change.transaction->version != version_in(transactions_, key_of(*change.transaction))) return Commit::conflict;
    if (is_over(change.quota, *change.transaction)) return Commit::over_quota;
  }
  for (const auto& certificate : change.certificates)
    if (auto checked = check_certificate(certificate); !checked || *checked != Commit::done) return checked;
  if (!std::ranges::all_of(change.expectations, [&](const auto& each) { return holds(each); })) return Commit::conflict;
  if (change.crl) {
    const auto last = found_in(crls_, change.crl->partition);
    if (change.crl->number != (last ? last->number : 0) + 1) return Commit::conflict;
  }
  if (change.secret && change.secret->version != version_in(secrets_, change.secret->reference))
    return Commit::conflict;
  if (change.approval && change.approval->version != version_in(approvals_, change.approval->id))
    return Commit::conflict;
  if (auto checked = check_devices(change); checked != Commit::done) return checked;
  if (change.secret_used)
    if (const auto secret = found_in(secrets_, *change.secret_used); secret && secret->is_used_up())
      return Commit::secret_used_up;
  if (auto room = check_room(change); !room) return tl::unexpected(room.error());
  return Commit::done;
}

Result<Commit> MemoryStore::check_devices(const Change& change) const {
  std::set<DeviceKey> seen;
  for (const auto& device : change.devices) {
    const DeviceKey key{device.manufacturer, device.serial};
    if (!seen.insert(key).second) return tl::unexpected(StoreError{"a change names one device twice"});
    if (device.version != version_in(devices_, key)) return Commit::conflict;
  }
  return Commit::done;
}

Result<Commit> MemoryStore::check_certificate(const IssuedCertificate& certificate) const {
  const auto it = certificates_.find(certificate.serial);
  if (it != certificates_.end() && it->second.certificate != certificate.certificate)
    return tl::unexpected(StoreError{"the serial number is that of another certificate"});
  return certificate.version == version_in(certificates_, certificate.serial) ? Commit::done : Commit::conflict;
}

bool MemoryStore::is_over(const Quota& quota, const Transaction& transaction) const {
  if (transaction.version != 0 || !is_open(transaction)) return false;
  const auto own = found_in(open_, transaction.sender);
  return (quota.per_sender != 0 && own && *own >= quota.per_sender) ||
         (quota.in_all != 0 && open_in_all_ >= quota.in_all);
}

Result<void> MemoryStore::check_room(const Change& change) const {
  if (change.transaction && change.transaction->version == 0 && transactions_.size() >= limits_.transactions)
    return tl::unexpected(StoreError{"the memory store holds as many transactions as it may"});
  const auto added = static_cast<std::size_t>(
      std::ranges::count_if(change.certificates, [](const auto& each) { return each.version == 0; }));
  if (added != 0 && certificates_.size() + added > limits_.certificates)
    return tl::unexpected(StoreError{"the memory store holds as many certificates as it may"});
  return {};
}

void MemoryStore::put(const Change& change) {
  if (change.transaction) put(*change.transaction);
  for (const auto& certificate : change.certificates) put(certificate);
  if (change.crl) crls_[change.crl->partition] = *change.crl;
  const auto count = [&](const std::optional<std::string>& reference, auto change_uses) {
    const auto it = reference ? secrets_.find(*reference) : secrets_.end();
    if (it == secrets_.end()) return;
    change_uses(it->second.uses);
    ++it->second.version;
  };
  count(change.secret_used, [](std::uint32_t& uses) { ++uses; });
  count(change.secret_given_back, [](std::uint32_t& uses) { uses -= uses > 0 ? 1 : 0; });
  if (change.secret && change.secret->secret.empty())
    secrets_.erase(change.secret->reference);
  else if (change.secret)
    replace(secrets_, change.secret->reference, *change.secret);
  if (change.approval) replace(approvals_, change.approval->id, *change.approval);
  for (const auto& device : change.devices) replace(devices_, DeviceKey{device.manufacturer, device.serial}, device);
  for (const auto& entry : change.audit) put(entry);
}

void MemoryStore::put(const Transaction& transaction) {
  const auto key = key_of(transaction);
  if (const auto it = transactions_.find(key); it != transactions_.end()) take_out(it->second);
  replace(transactions_, key, transaction);
  deadlines_.insert({transaction.deadline, key});
  if (!is_open(transaction)) return;
  ++open_[transaction.sender];
  ++open_in_all_;
}

/// From what is kept beside the table of transactions.
void MemoryStore::take_out(const Transaction& transaction) {
  deadlines_.erase({transaction.deadline, key_of(transaction)});
  if (!is_open(transaction)) return;
  if (--open_[transaction.sender] == 0) open_.erase(transaction.sender);
  --open_in_all_;
}

void MemoryStore::put(const IssuedCertificate& certificate) {
  const auto before = found_in(certificates_, certificate.serial).value_or(IssuedCertificate{});
  if (before.version == 0) {
    keys_[certificate.key_digest].insert(certificate.serial);
    subjects_[certificate.subject].insert(certificate.serial);
    if (!certificate.request.empty()) requests_[certificate.serial] = certificate.request;
  }
  replace(certificates_, certificate.serial, certificate).request.clear();
  if (certificate.on_crl)
    revoked_.insert(certificate.serial);
  else
    revoked_.erase(certificate.serial);
  const bool entry_changes = certificate.on_crl && before.reason != certificate.reason;
  if (before.on_crl != certificate.on_crl || entry_changes) ++revocations_;
}

void MemoryStore::put(const AuditEntry& entry) {
  audit_.push_back(chained(audit_.empty() ? nullptr : &audit_.back(), entry, botan_crypto()));
  if (audit_.size() > limits_.audit_entries) audit_.pop_front();
}

}  // namespace

std::uint32_t serial_partition(Bytes serial, std::uint32_t partitions) {
  std::uint32_t tail = 0;
  for (const std::uint8_t octet : serial.last(std::min<std::size_t>(serial.size(), 4))) tail = tail << 8U | octet;
  return partitions < 2 ? 0 : tail % partitions;
}

Octets subject_key(asn1::Name subject) {
  Octets out;
  for (const char c : asn1::name_text(subject)) {
    const bool after_space = !out.empty() && (out.back() == ' ' || out.back() == '=');
    if (c == ' ' && after_space) continue;
    if ((c == '/' || c == '+') && !out.empty() && out.back() == ' ') out.pop_back();
    out.push_back(static_cast<std::uint8_t>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c));
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::unique_ptr<Store> memory_store(const MemoryStoreLimits& limits) { return std::make_unique<MemoryStore>(limits); }

}  // namespace cmpkit::cmp
