// The memory store: tables in shards with a lock of their own, so that threads that work on different transactions do
// not wait for each other. A commit takes the locks of all shards that it touches, always in the order transaction,
// certificates, keys, subjects, CRLs, and within a table by address; readers take one.
#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <set>

#include "cmpkit/asn1/names.h"
#include "cmpkit/cmp/store.h"

namespace cmpkit::cmp {
namespace {

constexpr std::size_t shard_count = 16;

/// Ordered maps throughout: peers choose the transaction IDs, and a hash table could be flooded.
struct TransactionShard {
  using Key = std::pair<Octets, Octets>;  // transaction ID, sender
  std::mutex mutex;
  std::map<Key, Transaction> transactions;
  std::set<std::pair<Time, Key>> deadlines;
};

struct CertificateShard {
  std::mutex mutex;
  std::map<Octets, IssuedCertificate> by_serial;
  std::set<Octets> revoked;  // the serial numbers of those on CRLs
};

/// By the digest of the key, or by the subject.
struct IndexShard {
  std::mutex mutex;
  std::map<Octets, std::set<Octets>> serials;
};

template <class Shard>
class Shards {
 public:
  Shard& of(Bytes key) { return shards_[std::hash<std::string_view>{}(text_of(key)) % shard_count]; }
  auto begin() { return shards_.begin(); }
  auto end() { return shards_.end(); }

 private:
  std::array<Shard, shard_count> shards_;
};

/// Counts what is held, up to a limit.
class Room {
 public:
  explicit Room(std::size_t limit) : limit_(limit) {}
  bool take(std::size_t count) {
    if (held_.fetch_add(count) + count <= limit_) return true;
    give_back(count);
    return false;
  }
  void give_back(std::size_t count) { held_.fetch_sub(count); }

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> held_ = 0;
};

/// The locks of the shards, in the order of their addresses, each once.
template <class Shard>
std::vector<std::unique_lock<std::mutex>> lock_all(std::vector<Shard*> shards) {
  std::ranges::sort(shards, std::less<>{});
  shards.erase(std::ranges::unique(shards).begin(), shards.end());
  std::vector<std::unique_lock<std::mutex>> locks;
  for (Shard* shard : shards) locks.emplace_back(shard->mutex);
  return locks;
}

TransactionShard::Key key_of(const Transaction& transaction) {
  return {transaction.transaction_id, transaction.sender};
}

class MemoryStore final : public Store {
 public:
  explicit MemoryStore(const MemoryStoreLimits& limits)
      : transaction_room_(limits.transactions), certificate_room_(limits.certificates) {}

  tl::expected<std::vector<Transaction>, StoreError> transactions(Bytes transaction_id) override {
    const Octets id = copy_of(transaction_id);
    TransactionShard& shard = transactions_.of(id);
    const std::lock_guard lock(shard.mutex);
    std::vector<Transaction> found;
    for (auto it = shard.transactions.lower_bound({id, {}}); it != shard.transactions.end() && it->first.first == id;
         ++it)
      found.push_back(it->second);
    return found;
  }

  tl::expected<std::optional<IssuedCertificate>, StoreError> certificate(Bytes serial) override {
    CertificateShard& shard = certificates_.of(serial);
    const std::lock_guard lock(shard.mutex);
    const auto it = shard.by_serial.find(copy_of(serial));
    return it == shard.by_serial.end() ? std::nullopt : std::optional(it->second);
  }

  tl::expected<std::vector<IssuedCertificate>, StoreError> certificates_for(Bytes key_digest) override {
    return found_in(keys_, key_digest);
  }

  tl::expected<std::vector<IssuedCertificate>, StoreError> certificates_named(Bytes subject) override {
    return found_in(subjects_, subject);
  }

  tl::expected<std::vector<IssuedCertificate>, StoreError> revoked(std::uint32_t partition,
                                                                   std::uint32_t partitions) override {
    std::vector<IssuedCertificate> found;
    for (CertificateShard& shard : certificates_) {
      const std::lock_guard lock(shard.mutex);
      for (const Octets& serial : shard.revoked)
        if (serial_partition(serial, partitions) == partition) found.push_back(shard.by_serial.at(serial));
    }
    return found;
  }

  tl::expected<std::uint64_t, StoreError> revocations() override { return revocations_.load(); }

  tl::expected<std::optional<StoredCrl>, StoreError> crl(std::uint32_t partition) override {
    const std::lock_guard lock(crl_mutex_);
    const auto it = crls_.find(partition);
    return it == crls_.end() ? std::nullopt : std::optional(it->second);
  }

  tl::expected<Commit, StoreError> commit(const Change& change) override;

  tl::expected<std::vector<Transaction>, StoreError> expired(Time now, std::size_t count) override {
    std::vector<Transaction> found;
    for (TransactionShard& shard : transactions_) {
      const std::lock_guard lock(shard.mutex);
      for (const auto& [deadline, key] : shard.deadlines) {
        if (deadline > now || found.size() == count) break;
        found.push_back(shard.transactions.at(key));
      }
    }
    return found;
  }

  tl::expected<Commit, StoreError> forget(const Transaction& transaction) override {
    TransactionShard& shard = transactions_.of(transaction.transaction_id);
    const std::lock_guard lock(shard.mutex);
    const auto it = shard.transactions.find(key_of(transaction));
    if (it == shard.transactions.end() || it->second.version != transaction.version) return Commit::conflict;
    shard.deadlines.erase({it->second.deadline, it->first});
    shard.transactions.erase(it);
    transaction_room_.give_back(1);
    return Commit::done;
  }

 private:
  struct Locked;
  static std::set<Octets> serials_in(Shards<IndexShard>& index, Bytes key) {
    IndexShard& shard = index.of(key);
    const std::lock_guard lock(shard.mutex);
    const auto it = shard.serials.find(copy_of(key));
    return it == shard.serials.end() ? std::set<Octets>{} : it->second;
  }
  std::vector<IssuedCertificate> found_in(Shards<IndexShard>& index, Bytes key) {
    std::vector<IssuedCertificate> found;
    for (const Octets& serial : serials_in(index, key))
      if (auto each = certificate(serial); each && *each) found.push_back(std::move(**each));
    return found;
  }
  tl::expected<Commit, StoreError> check(const Change& change);
  tl::expected<void, StoreError> reserve(const Change& change);
  void put(const Transaction& transaction);
  void put(const IssuedCertificate& certificate);

  Shards<TransactionShard> transactions_;
  Shards<CertificateShard> certificates_;
  Shards<IndexShard> keys_, subjects_;
  std::mutex crl_mutex_;
  std::map<std::uint32_t, StoredCrl> crls_;
  std::atomic<std::uint64_t> revocations_ = 0;
  Room transaction_room_;
  Room certificate_room_;
};

/// The locks of all that a change touches.
struct MemoryStore::Locked {
  Locked(MemoryStore& store, const Change& change) {
    std::vector<CertificateShard*> certificates;
    std::vector<IndexShard*> keys, subjects;
    for (const auto& certificate : change.certificates) {
      certificates.push_back(&store.certificates_.of(certificate.serial));
      keys.push_back(&store.keys_.of(certificate.key_digest));
      subjects.push_back(&store.subjects_.of(certificate.subject));
    }
    if (change.transaction)
      transaction_lock = std::unique_lock(store.transactions_.of(change.transaction->transaction_id).mutex);
    certificate_locks = lock_all(std::move(certificates));
    key_locks = lock_all(std::move(keys));
    subject_locks = lock_all(std::move(subjects));
    if (change.crl) crl_lock = std::unique_lock(store.crl_mutex_);
  }

  std::unique_lock<std::mutex> transaction_lock, crl_lock;
  std::vector<std::unique_lock<std::mutex>> certificate_locks, key_locks, subject_locks;
};

tl::expected<Commit, StoreError> MemoryStore::commit(const Change& change) {
  const Locked locked(*this, change);
  if (auto checked = check(change); !checked || *checked == Commit::conflict) return checked;
  if (auto room = reserve(change); !room) return tl::unexpected(room.error());
  if (change.transaction) put(*change.transaction);
  for (const auto& certificate : change.certificates) put(certificate);
  if (change.crl) crls_[change.crl->partition] = *change.crl;
  return Commit::done;
}

tl::expected<Commit, StoreError> MemoryStore::check(const Change& change) {
  if (change.transaction) {
    const auto& table = transactions_.of(change.transaction->transaction_id).transactions;
    const auto it = table.find(key_of(*change.transaction));
    if (change.transaction->version != (it == table.end() ? 0 : it->second.version)) return Commit::conflict;
  }
  for (const auto& certificate : change.certificates) {
    const auto& table = certificates_.of(certificate.serial).by_serial;
    const auto it = table.find(certificate.serial);
    if (it != table.end() && it->second.certificate != certificate.certificate)
      return tl::unexpected(StoreError{"the serial number is that of another certificate"});
    if (certificate.version != (it == table.end() ? 0 : it->second.version)) return Commit::conflict;
  }
  if (change.crl) {
    const auto it = crls_.find(change.crl->partition);
    if (change.crl->number != (it == crls_.end() ? 0 : it->second.number) + 1) return Commit::conflict;
  }
  return Commit::done;
}

tl::expected<void, StoreError> MemoryStore::reserve(const Change& change) {
  const std::size_t transactions = change.transaction && change.transaction->version == 0 ? 1 : 0;
  const auto certificates = static_cast<std::size_t>(
      std::ranges::count_if(change.certificates, [](const auto& each) { return each.version == 0; }));
  if (!transaction_room_.take(transactions))
    return tl::unexpected(StoreError{"the memory store holds as many transactions as it may"});
  if (!certificate_room_.take(certificates)) {
    transaction_room_.give_back(transactions);
    return tl::unexpected(StoreError{"the memory store holds as many certificates as it may"});
  }
  return {};
}

void MemoryStore::put(const Transaction& transaction) {
  TransactionShard& shard = transactions_.of(transaction.transaction_id);
  const auto key = key_of(transaction);
  Transaction& stored = shard.transactions[key];
  if (stored.version != 0) shard.deadlines.erase({stored.deadline, key});
  stored = transaction;
  ++stored.version;
  shard.deadlines.insert({stored.deadline, key});
}

void MemoryStore::put(const IssuedCertificate& certificate) {
  CertificateShard& shard = certificates_.of(certificate.serial);
  IssuedCertificate& stored = shard.by_serial[certificate.serial];
  const bool on_crl_changes = stored.on_crl != certificate.on_crl;
  const bool entry_changes = certificate.on_crl && stored.reason != certificate.reason;
  if (stored.version == 0) {
    keys_.of(certificate.key_digest).serials[certificate.key_digest].insert(certificate.serial);
    subjects_.of(certificate.subject).serials[certificate.subject].insert(certificate.serial);
  }
  stored = certificate;
  ++stored.version;
  if (stored.on_crl)
    shard.revoked.insert(stored.serial);
  else
    shard.revoked.erase(stored.serial);
  if (on_crl_changes || entry_changes) revocations_.fetch_add(1);
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
