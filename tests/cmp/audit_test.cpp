// The hash chain of the audit log.
#include <catch2/catch_test_macros.hpp>

#include "cmpkit/cmp/audit.h"
#include "cmpkit/cmp/botan.h"

using namespace cmpkit;
using namespace cmpkit::cmp;

namespace {

AuditEntry entry(std::string_view result) {
  AuditEntry out;
  out.time = Time{std::chrono::seconds{1'000'000'000}};
  out.actor = "secret device-1";
  out.action = "ir";
  out.result = result;
  out.transaction_id = {1, 2};
  out.certificates = {{3}, {4, 5}};
  out.reason = "no reason";
  out.trail = "V-01 message";
  return out;
}

std::vector<AuditRecord> chain(std::size_t length) {
  std::vector<AuditRecord> out;
  for (std::size_t i = 0; i < length; ++i)
    out.push_back(chained(out.empty() ? nullptr : &out.back(), entry(std::to_string(i)), botan_crypto()));
  return out;
}

/// Why the chain does not verify; empty: it does.
std::string verify(const std::vector<AuditRecord>& records) {
  AuditVerifier verifier(botan_crypto());
  for (const AuditRecord& record : records)
    if (const auto added = verifier.add(record); !added) return added.error();
  return {};
}

}  // namespace

TEST_CASE("an audit entry is read as it was written") {
  const auto read = decode_audit_entry(encode_audit_entry(entry("granted")));
  REQUIRE(read);
  CHECK(read->time == entry("").time);
  CHECK(read->actor == "secret device-1");
  CHECK(read->action == "ir");
  CHECK(read->result == "granted");
  CHECK(read->transaction_id == Octets{1, 2});
  CHECK(read->certificates == std::vector<Octets>{{3}, {4, 5}});
  CHECK(read->reason == "no reason");
  CHECK(read->trail == "V-01 message");
  CHECK_FALSE(decode_audit_entry(Octets{0x30, 0x00}));
}

TEST_CASE("an audit log verifies only as it was written") {
  const auto good = chain(5);
  CHECK(verify(good).empty());
  CHECK(verify({}).empty());

  auto changed = good;
  changed[2].entry = encode_audit_entry(entry("other"));
  CHECK(verify(changed) == "entry 3 of the audit log is not what was written: it, or its hash, was changed");
  auto changed_with_hash = changed;
  changed_with_hash[2].hash = audit_hash(good[1].hash, 3, changed[2].entry, botan_crypto());
  CHECK(verify(changed_with_hash) == "entry 4 of the audit log is not what was written: it, or its hash, was changed");
  auto removed = good;
  removed.erase(removed.begin() + 1);
  CHECK(verify(removed) == "entry 3 of the audit log follows entry 1: something was removed or put in");
  auto renumbered = removed;
  for (std::size_t i = 0; i < renumbered.size(); ++i) renumbered[i].number = i + 1;
  CHECK_FALSE(verify(renumbered).empty());
  auto twice = good;
  twice.insert(twice.begin(), good.front());
  CHECK_FALSE(verify(twice).empty());
  auto cut = good;
  cut.erase(cut.begin());
  CHECK(verify(cut) == "entry 2 of the audit log follows entry 0: something was removed or put in");
}

TEST_CASE("a trail is told in one line") {
  Trail trail;
  CHECK(trail_text(trail).empty());
  trail.passed(rules::V_01, "message");
  trail.failed(rules::R_09, "body.certTemplate", "no key");
  CHECK(trail_text(trail) == "V-01 message; failed R-09 body.certTemplate: no key");
}
