// One message, certificate or request under the magnifying glass of `cmpkit inspect`.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cmpkit/asn1/error.h"
#include "cmpkit/cmp/crypto.h"
#include "cmpkit/cmp/trail.h"

namespace cmpkit::tools {

class Inspected {
 public:
  /// Finds out what the octets are: a PKIMessage, Certificate, CertificationRequest or CertificateList. `label` is that
  /// of a PEM block, empty for DER; `name` is how to call it. Takes the octets.
  Inspected(std::string name, std::string_view label, Octets der);

  /// A readable tree and below it what is wrong. The last line is ended.
  [[nodiscard]] std::string text(const cmp::Crypto& crypto) const;
  [[nodiscard]] nlohmann::ordered_json json(const cmp::Crypto& crypto) const;

  /// Malformed, or against a rule.
  [[nodiscard]] bool is_wrong() const;

 private:
  [[nodiscard]] std::string malformed_text() const;

  std::string name_;
  Octets der_;
  std::string_view kind_;             // `PKIMessage`; of what it was taken for where it is malformed
  std::optional<asn1::Error> error_;  // malformed
  cmp::Trail trail_;                  // of a PKIMessage
};

/// What a file holds: each block of PEM, or one DER value. `name` is that of the file. The error says why it is
/// neither.
tl::expected<std::vector<Inspected>, std::string> inspect_file(const std::string& name, Octets content);

}  // namespace cmpkit::tools
