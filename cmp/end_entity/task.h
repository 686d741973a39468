// What one kind of operation asks, and how it judges the answer. The machine does all the rest.
#pragma once

#include <variant>

#include "cmp/protection/authenticate.h"
#include "cmpkit/asn1/storage.h"
#include "cmpkit/cmp/client_options.h"
#include "cmpkit/cmp/operation.h"

namespace cmpkit::cmp {

/// An answer of the right type from the server, its header and protection checked.
struct VerifiedResponse {
  const asn1::PKIMessage& message;
  const Sender& sender;
};

/// The server lets us wait for the answer to this certReqId (DL-01).
struct Delayed {
  std::int64_t cert_req_id;
};

/// The answer is here.
struct Answered {
  Outcome outcome;
  bool confirm = false;  // before it ends, the server is told by confirmation()
};

using Verdict = std::variant<Delayed, Answered>;
using GeneralInfo = asn1::SequenceOf<asn1::InfoTypeAndValue, 1>;

class Task {
 public:
  virtual ~Task() = default;

  [[nodiscard]] virtual const ClientOptions& options() const = 0;
  /// Of the request, and of the answer to it.
  [[nodiscard]] virtual asn1::PKIBody::Type request_type() const = 0;
  [[nodiscard]] virtual asn1::PKIBody::Type response_type() const = 0;
  /// What tells this operation from others of its kind: a saved state is gone on with for the same only.
  [[nodiscard]] virtual std::vector<Octets> identity() const = 0;

  /// The version of the request: 2 unless it needs 3 (H-06).
  [[nodiscard]] virtual asn1::Pvno pvno() const { return asn1::Pvno::cmp2000; }
  /// The request. Views into the task and the storage.
  virtual CryptoResult<asn1::PKIBody> request(asn1::Storage& storage) const = 0;
  /// Adds the task's own generalInfo to that of the request.
  virtual void describe(GeneralInfo& /*info*/, asn1::Storage& /*storage*/) const {}

  /// The checks of the answer. A refusal ends the operation.
  virtual Checked<Verdict> judge(const VerifiedResponse& response, const Environment& environment,
                                 Trail& trail) const = 0;

  /// The certConf for an outcome that is to be confirmed.
  virtual CryptoResult<asn1::PKIBody> confirmation(const Outcome& /*outcome*/, const Environment& /*environment*/,
                                                   asn1::Storage& /*storage*/) const {
    return asn1::PKIBody{};
  }
  /// Whether a saved outcome can be one of this task that awaits its confirmation. Puts back into it what is not saved.
  [[nodiscard]] virtual bool restore(Outcome& /*outcome*/, const Environment& /*environment*/) const { return false; }
};

/// Appends to generalInfo; the storage keeps the value.
void add_info(GeneralInfo& info, asn1::Oid type, Octets value, asn1::Storage& storage);
/// certProfile with this one name (H-83); nothing where the name is empty.
void add_profile(GeneralInfo& info, const std::string& profile, asn1::Storage& storage);

}  // namespace cmpkit::cmp
