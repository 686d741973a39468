// What a person wants to know of a certificate.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "cmpkit/cmp/crypto.h"

namespace cmpkit::tools {

struct CertificateSummary {
  std::string subject, issuer;        // CN=device-7, O=Example
  std::string serial;                 // 5F0A, hexadecimal
  std::string not_before, not_after;  // 2026-11-22 12:00:00 UTC
  std::string key;                    // ec:P-256
};

/// Nothing for octets that are no certificate.
std::optional<CertificateSummary> summarize_certificate(Bytes der, const cmp::Crypto& crypto);

/// The public key in the words of --newkeytype, or `unknown`.
std::string key_text(Bytes public_key, const cmp::Crypto& crypto);

/// `2026-11-22 12:00:00 UTC`
std::string time_text(std::chrono::sys_seconds time);

/// `5F0A`
std::string hexadecimal(Bytes octets);

}  // namespace cmpkit::tools
