#include "tools/certificate_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "cmpkit/cmp/botan.h"
#include "tools/certificate_summary.h"
#include "tools/printing.h"
#include "tools/revocation_reason.h"

namespace cmpkit::tools {

using Json = nlohmann::ordered_json;
using Status = cmp::IssuedCertificate::Status;

namespace {

constexpr std::array<std::string_view, 6> names = {"unconfirmed", "valid", "updated", "rejected", "held", "revoked"};

/// What is in the store is a certificate that we made.
CertificateSummary summary_of(const cmp::IssuedCertificate& record) {
  return summarize_certificate(record.certificate, cmp::botan_crypto()).value_or(CertificateSummary{});
}

}  // namespace

std::string status_name(Status status) { return std::string(names.at(static_cast<std::size_t>(status))); }

std::vector<std::string> status_names() { return {names.begin(), names.end()}; }

std::optional<Status> status_named(const std::string& name) {
  const auto* it = std::ranges::find(names, name);
  return it == names.end() ? std::nullopt : std::optional(static_cast<Status>(it - names.begin()));
}

std::string holder_text(Bytes holder) {
  if (holder.empty()) return "nobody";
  const Bytes name = holder.subspan(1);
  return holder.front() == 's' ? fmt::format("secret {}", text_of(name))
                               : fmt::format("certificate SHA-256 {}", hexadecimal(name));
}

std::string one_line(const cmp::IssuedCertificate& record) {
  const CertificateSummary summary = summary_of(record);
  return fmt::format("{}  {:<11}  until {}  {}", hexadecimal(record.serial), status_name(record.status),
                     summary.not_after, printable(summary.subject));
}

Json json_of(const cmp::IssuedCertificate& record) {
  const CertificateSummary summary = summary_of(record);
  Json out{{"serial", hexadecimal(record.serial)},
           {"status", status_name(record.status)},
           {"since", time_text(record.status_since)},
           {"subject", summary.subject},
           {"notBefore", summary.not_before},
           {"notAfter", summary.not_after},
           {"key", summary.key},
           {"profile", record.profile},
           {"holder", holder_text(record.holder)}};
  if (record.on_crl) out["reason"] = reason_name(record.reason);
  return out;
}

}  // namespace cmpkit::tools
