// The audit log: every decision with its trail, each entry chained to the one before by a hash, so that one which was
// changed, removed or put in between shows.
#pragma once

#include "cmpkit/cmp/store_records.h"
#include "cmpkit/cmp/trail.h"

namespace cmpkit::cmp {

/// DER of an entry, with its format's version in front.
Octets encode_audit_entry(const AuditEntry& entry);

/// The error is a sentence.
tl::expected<AuditEntry, std::string> decode_audit_entry(Bytes entry);

/// SHA-256 of `previous` (the hash of the entry before; empty for the first one), `number` as 8 octets in network byte
/// order, and `entry`.
Octets audit_hash(Bytes previous, std::uint64_t number, Bytes entry, const Crypto& crypto);

/// The next record of a log whose last one is `last`; null: it is empty.
AuditRecord chained(const AuditRecord* last, const AuditEntry& entry, const Crypto& crypto);

/// The checks in one line: `V-01 message; V-10 header.sender; failed R-09 body.certTemplate: <detail>`.
std::string trail_text(const Trail& trail);

/// Verifies a log entry by entry.
class AuditVerifier {
 public:
  explicit AuditVerifier(const Crypto& crypto) : crypto_(crypto) {}
  /// The next record in the order of their numbers. An error says what is wrong with it; it is to be the last call.
  tl::expected<void, std::string> add(const AuditRecord& record);
  [[nodiscard]] const AuditRecord& last() const { return last_; }  // number 0: there was none

 private:
  const Crypto& crypto_;
  AuditRecord last_;
};

}  // namespace cmpkit::cmp
