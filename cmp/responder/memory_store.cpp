// The memory store: three tables, each in shards with a lock of their own, so that threads that work on different
// transactions do not wait for each other. A commit takes the locks of all shards that it touches, always in the order
// transaction, certificate, key; readers take one.
#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <set>

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
};

struct KeyShard {
  std::mutex mutex;
  std::map<Octets, std::size_t> in_use;  // how many certificates that are not rejected
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
  bool take() {
    if (held_.fetch_add(1) < limit_) return true;
    give_back();
    return false;
  }
  void give_back() { held_.fetch_sub(1); }

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> held_ = 0;
};

TransactionShard::Key key_of(const Transaction& transaction) {
  return {transaction.transaction_id, transaction.sender};
}

bool counts_as_use(const IssuedCertificate* certificate) {
  return certificate != nullptr && certificate->status != IssuedCertificate::Status::rejected;
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

  tl::expected<bool, StoreError> key_in_use(Bytes key_digest) override {
    KeyShard& shard = keys_.of(key_digest);
    const std::lock_guard lock(shard.mutex);
    return shard.in_use.contains(copy_of(key_digest));
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
    transaction_room_.give_back();
    return Commit::done;
  }

 private:
  struct Locked;
  tl::expected<void, StoreError> reserve(const Change& change, const Locked& at);
  static void put(TransactionShard& shard, const Transaction& transaction);
  static void put(CertificateShard& certificates, KeyShard& keys, const IssuedCertificate& certificate);

  Shards<TransactionShard> transactions_;
  Shards<CertificateShard> certificates_;
  Shards<KeyShard> keys_;
  Room transaction_room_;
  Room certificate_room_;
};

/// The shards that a change touches, locked, and what they hold of it now.
struct MemoryStore::Locked {
  Locked(MemoryStore& store, const Change& change) {
    if (change.transaction) {
      transactions = &store.transactions_.of(change.transaction->transaction_id);
      transaction_lock = std::unique_lock(transactions->mutex);
      const auto it = transactions->transactions.find(key_of(*change.transaction));
      if (it != transactions->transactions.end()) transaction = &it->second;
    }
    if (change.certificate) {
      certificates = &store.certificates_.of(change.certificate->serial);
      certificate_lock = std::unique_lock(certificates->mutex);
      const auto it = certificates->by_serial.find(change.certificate->serial);
      if (it != certificates->by_serial.end()) certificate = &it->second;
      keys = &store.keys_.of(change.certificate->key_digest);
      key_lock = std::unique_lock(keys->mutex);
    }
  }

  TransactionShard* transactions = nullptr;
  CertificateShard* certificates = nullptr;
  KeyShard* keys = nullptr;
  const Transaction* transaction = nullptr;
  const IssuedCertificate* certificate = nullptr;
  std::unique_lock<std::mutex> transaction_lock, certificate_lock, key_lock;
};

tl::expected<Commit, StoreError> MemoryStore::commit(const Change& change) {
  const Locked at(*this, change);
  if (change.transaction && change.transaction->version != (at.transaction == nullptr ? 0 : at.transaction->version))
    return Commit::conflict;
  if (at.certificate != nullptr && at.certificate->certificate != change.certificate->certificate)
    return tl::unexpected(StoreError{"the serial number is that of another certificate"});
  if (auto room = reserve(change, at); !room) return tl::unexpected(room.error());
  if (change.transaction) put(*at.transactions, *change.transaction);
  if (change.certificate) put(*at.certificates, *at.keys, *change.certificate);
  return Commit::done;
}

tl::expected<void, StoreError> MemoryStore::reserve(const Change& change, const Locked& at) {
  const bool new_transaction = change.transaction && at.transaction == nullptr;
  if (new_transaction && !transaction_room_.take())
    return tl::unexpected(StoreError{"the memory store holds as many transactions as it may"});
  if (change.certificate && at.certificate == nullptr && !certificate_room_.take()) {
    if (new_transaction) transaction_room_.give_back();
    return tl::unexpected(StoreError{"the memory store holds as many certificates as it may"});
  }
  return {};
}

void MemoryStore::put(TransactionShard& shard, const Transaction& transaction) {
  const auto key = key_of(transaction);
  Transaction& stored = shard.transactions[key];
  if (stored.version != 0) shard.deadlines.erase({stored.deadline, key});
  stored = transaction;
  ++stored.version;
  shard.deadlines.insert({stored.deadline, key});
}

void MemoryStore::put(CertificateShard& certificates, KeyShard& keys, const IssuedCertificate& certificate) {
  const auto it = certificates.by_serial.find(certificate.serial);
  IssuedCertificate* known = it == certificates.by_serial.end() ? nullptr : &it->second;
  const bool used_before = counts_as_use(known);
  const bool used_now = counts_as_use(&certificate);
  if (known != nullptr) {
    known->status = certificate.status;
    known->status_since = certificate.status_since;
  } else {
    certificates.by_serial.emplace(certificate.serial, certificate);
  }
  if (used_now && !used_before) ++keys.in_use[certificate.key_digest];
  if (used_before && !used_now && --keys.in_use[certificate.key_digest] == 0) keys.in_use.erase(certificate.key_digest);
}

}  // namespace

std::unique_ptr<Store> memory_store(const MemoryStoreLimits& limits) { return std::make_unique<MemoryStore>(limits); }

}  // namespace cmpkit::cmp
