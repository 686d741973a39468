#include "cmpkit/cmp/audit.h"

#include "cmpkit/asn1/table.h"
#include "cmpkit/cmp/algorithms.h"

namespace cmpkit::cmp {
namespace {

using asn1::field;
using asn1::OctetString;

constexpr std::int64_t current_version = 1;

struct EncodedEntry {
  std::int64_t version = current_version;
  asn1::GeneralizedTime time{};
  OctetString actor, action, result, transaction_id;
  asn1::SequenceOf<OctetString> certificates;
  OctetString reason, trail;
  static constexpr auto asn1 =
      asn1::sequence(field<&EncodedEntry::version>, field<&EncodedEntry::time>, field<&EncodedEntry::actor>,
                     field<&EncodedEntry::action>, field<&EncodedEntry::result>, field<&EncodedEntry::transaction_id>,
                     field<&EncodedEntry::certificates>, field<&EncodedEntry::reason>, field<&EncodedEntry::trail>);
};

tl::unexpected<std::string> wrong(const AuditRecord& record, std::string_view what) {
  return tl::unexpected("entry " + std::to_string(record.number) + " of the audit log " + std::string(what));
}

}  // namespace

Octets encode_audit_entry(const AuditEntry& entry) {
  EncodedEntry out;
  out.time = {entry.time};
  out.actor = bytes_of(entry.actor);
  out.action = bytes_of(entry.action);
  out.result = bytes_of(entry.result);
  out.transaction_id = entry.transaction_id;
  out.certificates = {entry.certificates.begin(), entry.certificates.end()};
  out.reason = bytes_of(entry.reason);
  out.trail = bytes_of(entry.trail);
  return asn1::encode(out);
}

tl::expected<AuditEntry, std::string> decode_audit_entry(Bytes entry) {
  const auto decoded = asn1::decode<EncodedEntry>(entry);
  if (!decoded) return tl::unexpected("the audit entry cannot be read: " + decoded.error().text());
  if (decoded->version != current_version)
    return tl::unexpected("the audit entry has the unknown format " + std::to_string(decoded->version));
  const auto text = [](const OctetString& octets) { return std::string(text_of(octets)); };
  AuditEntry out;
  out.time = decoded->time.value;
  out.actor = text(decoded->actor);
  out.action = text(decoded->action);
  out.result = text(decoded->result);
  out.transaction_id = copy_of(decoded->transaction_id);
  for (const Bytes serial : decoded->certificates) out.certificates.push_back(copy_of(serial));
  out.reason = text(decoded->reason);
  out.trail = text(decoded->trail);
  return out;
}

Octets audit_hash(Bytes previous, std::uint64_t number, Bytes entry, const Crypto& crypto) {
  std::array<std::uint8_t, 8> octets{};
  for (auto at = octets.rbegin(); at != octets.rend(); ++at, number >>= 8U) *at = static_cast<std::uint8_t>(number);
  const Bytes pieces[] = {previous, octets, entry};
  return crypto.hash(identifier_of(Digest::sha256), pieces).value();
}

AuditRecord chained(const AuditRecord* last, const AuditEntry& entry, const Crypto& crypto) {
  AuditRecord out;
  out.number = last == nullptr ? 1 : last->number + 1;
  out.entry = encode_audit_entry(entry);
  out.hash = audit_hash(last == nullptr ? Bytes{} : Bytes(last->hash), out.number, out.entry, crypto);
  return out;
}

std::string trail_text(const Trail& trail) {
  std::string out;
  for (const Check& check : trail.checks()) {
    if (!out.empty()) out += "; ";
    if (!check.passed) out += "failed ";
    out += std::string(check.rule->id) + " " + std::string(check.field);
    if (!check.passed) out += ": " + check.detail;
  }
  return out;
}

tl::expected<void, std::string> AuditVerifier::add(const AuditRecord& record) {
  if (record.number != last_.number + 1)
    return wrong(record, "follows entry " + std::to_string(last_.number) + ": something was removed or put in");
  if (audit_hash(last_.hash, record.number, record.entry, crypto_) != record.hash)
    return wrong(record, "is not what was written: it, or its hash, was changed");
  if (const auto entry = decode_audit_entry(record.entry); !entry) return wrong(record, "is damaged: " + entry.error());
  last_ = record;
  return {};
}

}  // namespace cmpkit::cmp
