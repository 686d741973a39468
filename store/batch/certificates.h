// The certificates that a batch touches.
#pragma once

#include <map>
#include <string>

#include "cmpkit/cmp/store.h"
#include "store/batch/counters.h"

namespace cmpkit::store {

/// The subject of certificates as the tables have it: itself, so that the names of a fleet are beside each other, or
/// the SHA-256 of one that is longer than indexes permit.
Octets subject_column(Bytes subject, const cmp::Crypto& crypto);
constexpr std::size_t longest_subject_column = 200;

/// As they are in the database, with the changes of this batch on top.
class BatchCertificates {
 public:
  explicit BatchCertificates(const cmp::Crypto& crypto) : crypto_(crypto) {}

  /// What will be asked about or changed.
  void touch(const cmp::Change& change);
  void read(Reads& reads);

  /// Whether all certificates of the change may be put, and all its expectations hold.
  [[nodiscard]] tl::expected<cmp::Commit, cmp::StoreError> check(const cmp::Change& change);
  /// The certificate outlives the batch.
  void put(const cmp::IssuedCertificate& certificate, Counters& counters);
  void write(Writes& writes) const;

 private:
  struct Slot {
    std::uint64_t id = 0;
    std::uint64_t stored = 0;  // version in the database; 0: it is not there
    std::uint64_t version = 0;
    cmp::IssuedCertificate before;  // as it is in the database
    std::string damage;             // why it cannot be read
    const cmp::IssuedCertificate* next = nullptr;
    Bytes request;  // to be stored; a view of what is added
    const cmp::Change* checked_for = nullptr;

    [[nodiscard]] const cmp::IssuedCertificate& now() const { return next == nullptr ? before : *next; }
    void load(const Rows& rows);
  };
  /// How many certificates there are for a key or subject.
  struct Count {
    std::uint64_t most = 0;  // how many it matters to know
    std::uint64_t found = 0;
  };
  using CountKey = std::pair<cmp::Expectation::Of, Octets>;

  [[nodiscard]] tl::expected<cmp::Commit, cmp::StoreError> check(const cmp::IssuedCertificate& certificate,
                                                                 const cmp::Change& change);
  void count(cmp::Expectation::Of of, const Octets& value);

  const cmp::Crypto& crypto_;
  std::map<Octets, Slot> slots_;  // by serial number
  std::map<CountKey, Count> counts_;
};

}  // namespace cmpkit::store
