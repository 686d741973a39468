#include "tools/certificate_summary.h"
#include "cmpkit/cmp/time_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cmpkit/asn1/names.h"
#include "cmpkit/cmp/certificate.h"
#include "cmpkit/cmp/time_text.h"

namespace cmpkit::tools {

std::optional<CertificateSummary> summarize_certificate(Bytes der, const cmp::Crypto& crypto) {
  const auto certificate = cmp::CertificateView::decode(der);
  if (!certificate) return std::nullopt;
  return CertificateSummary{
      .subject = certificate->name(),
      .issuer = asn1::name_text(certificate->issuer()),
      .serial = hexadecimal(certificate->serial().octets),
      .not_before = time_text(certificate->not_before()),
      .not_after = time_text(certificate->not_after()),
      .key = key_text(certificate->public_key(), crypto),
  };
}

std::string key_text(Bytes public_key, const cmp::Crypto& crypto) {
  const auto description = crypto.describe(public_key);
  return description ? description->name : "unknown";
}

std::string time_text(std::chrono::sys_seconds time) { return cmp::time_text(time); }

std::string hexadecimal(Bytes octets) { return fmt::format("{:02X}", fmt::join(octets, "")); }

}  // namespace cmpkit::tools
