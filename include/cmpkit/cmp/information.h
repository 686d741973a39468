// General messages (RFC 9483 Section 4.3, RFC 9810 Section 5.3.19): who answers which kind of question. The standard
// kinds are answered by a CertificateAuthority's sources; own kinds join them with a source of their own.
#pragma once

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "cmpkit/cmp/authority.h"

namespace cmpkit::cmp {

/// One InfoTypeAndValue of a genm. Views into the request.
struct InformationRequest {
  asn1::Oid type;
  const asn1::Any* value = nullptr;  // null: absent
  std::string_view profile;          // certProfile of the header or the endpoint; empty: none
  const Requester* requester = nullptr;
};

/// One InfoTypeAndValue of the genp.
struct Information {
  asn1::Oid type;               // static octets, or those of the request
  std::optional<Octets> value;  // DER; absent where there is nothing to tell
};

/// More than one answer to one question is possible, none is not.
using InformationDecision = std::variant<std::vector<Information>, Refusal, Waiting>;

/// Safe to use from several threads at once.
class InformationSource {
 public:
  virtual ~InformationSource() = default;

  /// The infoTypes that it answers.
  [[nodiscard]] virtual std::vector<asn1::Oid> types() const = 0;

  /// True where this type is among what an empty genm ("tell me all you want", RFC 9810 Section 5.3.19) is answered
  /// with; it then is asked without a value.
  [[nodiscard]] virtual bool is_general(asn1::Oid type) const = 0;

  /// `request.type` is one of types().
  [[nodiscard]] virtual InformationDecision answer(const InformationRequest& request, Time now) = 0;
};

}  // namespace cmpkit::cmp
