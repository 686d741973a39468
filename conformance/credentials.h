// What protects the messages of cases: what the peer's file names, or what the peer itself gave.
#pragma once

#include "conformance/case.h"

namespace cmpkit::conformance {

class Credentials {
 public:
  /// The peer must outlive this.
  explicit Credentials(const Peer& peer);

  /// Why a case with these needs cannot be run; empty: it can.
  [[nodiscard]] std::string missing(By by, std::span<const std::string_view> features) const;
  /// `By::issued` is enrolled for where the peer names none.
  [[nodiscard]] tl::expected<cmp::Credential, std::string> of(By by) const;
  /// Somebody of a PKI that nobody knows.
  [[nodiscard]] const cmp::SignatureCredential& stranger() const { return stranger_; }

 private:
  [[nodiscard]] tl::expected<cmp::SignatureCredential, std::string> enrol() const;

  const Peer& peer_;
  cmp::SignatureCredential stranger_;
};

}  // namespace cmpkit::conformance
