#include "tests/crash/examination.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "cmpkit/cmp/audit.h"
#include "cmpkit/cmp/botan.h"
#include "tests/crash/published_crl.h"

namespace cmpkit::crash {
namespace {

using Certificates = std::map<Octets, cmp::IssuedCertificate>;

std::string text(const Octets& serial) { return fmt::format("{:02X}", fmt::join(serial, "")); }

Certificates all_certificates(cmp::Store& store, Ledger& ledger) {
  Certificates out;
  cmp::CertificateQuery query;
  for (;;) {
    const auto page = store.list(query).value();
    if (page.empty()) return out;
    for (const auto& each : page) {
      if (!out.emplace(each.serial, each).second) ledger.broken("a serial number is there twice: " + text(each.serial));
    }
    query.after = page.back().serial;
  }
}

/// Each certificate that a client has is stored as it knows it.
void compare(const Certificates& stored, Ledger& ledger) {
  for (const auto& [serial, status] : ledger.certificates()) {
    const auto found = stored.find(serial);
    if (found == stored.end()) {
      ledger.broken("lost: certificate " + text(serial));
    } else if (found->second.status != status) {
      ledger.broken(fmt::format("certificate {} is known to its client in status {}, and stored in status {}",
                                text(serial), static_cast<int>(status), static_cast<int>(found->second.status)));
    }
  }
}

/// There is no other one, at all or for one of the keys; what nobody confirmed waits for that, or was rejected in time.
void look_for_more(const Certificates& stored, cmp::Store& store, Ledger& ledger) {
  const auto known = ledger.certificates();
  const auto abandoned = ledger.abandoned();
  std::size_t met = 0;
  for (const auto& [serial, certificate] : stored) {
    const auto of_this_key = store.certificates_for(certificate.key_digest).value().size();
    if (of_this_key != 1) ledger.broken(fmt::format("{} certificates for one request", of_this_key));
    if (known.contains(serial)) continue;
    if (!abandoned.contains(certificate.key_digest)) ledger.broken("no client knows certificate " + text(serial));
    if (certificate.status != Status::unconfirmed && certificate.status != Status::rejected) {
      ledger.broken("nobody confirmed certificate " + text(serial));
    }
    ++met;
  }
  if (met != abandoned.size()) ledger.broken("lost: certificates that nobody confirmed yet");
}

void count(const Certificates& stored, cmp::Store& store, Ledger& ledger) {
  cmp::StoreStatistics expected;
  for (const auto& [serial, certificate] : stored) {
    ++expected.certificates[static_cast<std::size_t>(certificate.status)];
    if (certificate.on_crl) ++expected.on_crl;
  }
  const cmp::StoreStatistics statistics = store.statistics().value();
  if (statistics.certificates != expected.certificates) {
    ledger.broken(fmt::format("certificates by status: {} are stored, {} were counted", expected.certificates,
                              statistics.certificates));
  }
  if (statistics.on_crl != expected.on_crl) ledger.broken("certificates on the CRL are counted wrongly");
  const auto& transactions = statistics.transactions;
  if (transactions[static_cast<std::size_t>(cmp::Transaction::State::delayed)] != 0 ||
      transactions[static_cast<std::size_t>(cmp::Transaction::State::awaiting_confirmation)] !=
          expected.certificates[static_cast<std::size_t>(Status::unconfirmed)]) {
    ledger.broken("the transactions that are open are not those of the certificates that are not confirmed");
  }
}

/// The chain is whole, and in it each certificate was granted once, and rejected once where it was.
void verify_audit(const Certificates& stored, cmp::Store& store, Ledger& ledger) {
  cmp::AuditVerifier verifier(cmp::botan_crypto());
  std::map<Octets, unsigned> granted, expired;
  for (;;) {
    const auto page = store.audit(verifier.last().number, 1000).value();
    if (page.empty()) break;
    for (const cmp::AuditRecord& record : page) {
      if (const auto added = verifier.add(record); !added) return ledger.broken("audit log: " + added.error());
      const auto entry = cmp::decode_audit_entry(record.entry).value();
      for (const Octets& serial : entry.certificates) {
        if (entry.result == "granted" && entry.action != "rr") ++granted[serial];
        if (entry.action == "expire") ++expired[serial];
      }
    }
  }
  if (verifier.last().number != store.statistics().value().audit_entries) ledger.broken("audit entries are missing");
  for (const auto& [serial, certificate] : stored) {
    if (granted[serial] != 1) {
      ledger.broken(fmt::format("certificate {} was granted {} times in the audit log", text(serial), granted[serial]));
    }
    if (expired[serial] != (certificate.status == Status::rejected ? 1 : 0)) {
      ledger.broken(fmt::format("certificate {} was rejected {} times for its silence", text(serial), expired[serial]));
    }
  }
}

void examine_crl(cmp::Store& store, Ledger& ledger) {
  const auto crl = store.crl(0).value();
  if (!crl) return ledger.broken("there is no CRL");
  const PublishedCrl read = read_crl(crl->der);
  if (read.number != crl->number) ledger.broken("the stored CRL has another number than it says");
  for (const Octets& serial : ledger.revoked()) {
    if (!read.serials.contains(serial)) ledger.broken("revoked, and not on the CRL: " + text(serial));
  }
}

}  // namespace

void examine(cmp::Store& store, Ledger& ledger) {
  const Certificates stored = all_certificates(store, ledger);
  compare(stored, ledger);
  look_for_more(stored, store, ledger);
  count(stored, store, ledger);
  verify_audit(stored, store, ledger);
  examine_crl(store, ledger);
}

}  // namespace cmpkit::crash
