// The seam to people who approve requests: a CertificateAuthority asks it about each request to a profile with
// `approval`, once all else is checked. While it answers `Waiting` the client polls (RFC 9483 Section 4.4) and the same
// question is asked again.
#pragma once

#include <string>
#include <variant>

#include "cmpkit/cmp/authority.h"

namespace cmpkit::cmp {

/// What somebody shall decide about. Views into the request.
struct ApprovalQuestion {
  /// 32 hexadecimal digits made of requester, transactionID, certReqId and all that is asked for: the same each time
  /// this request is asked about, and that of no other one.
  std::string id;
  const CertificateRequest& request;
  std::string subject;  // that the certificate will have, as asn1::name_text() shows it
  std::string profile;
  std::string key;  // `ec:P-256`
};

struct Approved {};
struct Rejected {
  std::string reason;  // for the client; may be empty
};
using ApprovalAnswer = std::variant<Approved, Rejected, Waiting>;

/// Safe to use from several threads at once.
class Approvals {
 public:
  virtual ~Approvals() = default;
  [[nodiscard]] virtual ApprovalAnswer ask(const ApprovalQuestion& question, Time now) = 0;
};

}  // namespace cmpkit::cmp
