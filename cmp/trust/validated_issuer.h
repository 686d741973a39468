// A CA certificate that is valid up to an anchor: what is remembered of it, so that nothing above it is checked twice.
#pragma once

#include <memory>
#include <optional>

#include "cmpkit/cmp/certificate.h"
#include "cmpkit/cmp/environment.h"

namespace cmpkit::cmp {

/// One certificate of a validated path and the state of RFC 5280 Section 6.1 below it. Does not change once made.
class ValidatedIssuer {
 public:
  using Pointer = std::shared_ptr<const ValidatedIssuer>;

  /// An anchor. Nothing where the octets are no certificate; `error` says why.
  static tl::expected<Pointer, asn1::Error> anchor(Octets der);

  /// A certificate that was checked against its issuer.
  static Pointer below(Pointer issuer, Bytes der);

  [[nodiscard]] const CertificateView& certificate() const { return *view_; }
  [[nodiscard]] const Pointer& issuer() const { return issuer_; }  // null: this is an anchor

  /// How many intermediate certificates may stand between this one and an end entity; absent: any number
  /// (max_path_length).
  [[nodiscard]] std::optional<std::int64_t> room() const { return room_; }

  /// When this and all above it are valid.
  [[nodiscard]] bool valid_at(Time time) const { return not_before_ <= time && time <= not_after_; }

  /// How many certificates stand above this one.
  [[nodiscard]] std::size_t depth() const { return depth_; }

  /// Whether nameConstraints bind what this issues: its own, or those of a certificate above.
  [[nodiscard]] bool constrains_names() const { return constrains_names_; }

 private:
  ValidatedIssuer(Octets der, Pointer issuer);

  Octets der_;
  std::optional<CertificateView> view_;
  Pointer issuer_;
  std::optional<std::int64_t> room_;
  Time not_before_{}, not_after_{};
  std::size_t depth_ = 0;
  bool constrains_names_ = false;
};

}  // namespace cmpkit::cmp
