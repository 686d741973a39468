// One message that was sent and what came back.
#pragma once

#include <optional>
#include <string>

#include "cmpkit/asn1/pkimessage.h"
#include "cmpkit/cmp/trail.h"

namespace cmpkit::conformance {

/// What is wrong, in words; empty where nothing is.
using Fault = std::string;

using Reply = asn1::Owned<asn1::PKIMessage>;

/// Views into what the conversation keeps.
struct Exchange {
  asn1::PKIBody::Type type{};                 // of the message as it was built
  Bytes sent;                                 // its octets after the change
  const asn1::PKIMessage* request = nullptr;  // the same, decoded; null: it is no PKIMessage
  bool by_mac = false;                        // how it is protected
  Octets polled_nonce;                        // pollReq: senderNonce of the message whose answer is polled for
  Bytes root;                    // the anchor of the server's PKI, which nobody need send; empty: not known
  const Reply* reply = nullptr;  // null: no PKIMessage came back
  Octets received;               // its octets
  int http_status = 0;           // 0: not over HTTP
  std::string trouble;           // why there is no reply: of the transport, or of the decoder
  bool authentic = false;        // the reply's protection is right and of somebody we trust
  cmp::Trail authentication;     // how that was found

  [[nodiscard]] const asn1::PKIHeader& header() const { return (*reply)->header; }
  [[nodiscard]] const asn1::PKIBody& body() const { return (*reply)->body; }
};

/// The PKIStatusInfo of an error, of the first CertResponse or of an rp; null where the body has none.
const asn1::PKIStatusInfo* status_of(const asn1::PKIBody& body);

/// The certificate that the first CertResponse grants; empty where it grants none.
Bytes granted_certificate(const asn1::PKIBody& body);

/// The response type that a request of this type asks for; the type itself where it is no request.
asn1::PKIBody::Type response_type(asn1::PKIBody::Type request);

/// `rejection with badPOP (the proof of possession: ...)`
std::string status_text(const asn1::PKIStatusInfo& info);

/// `error with rejection, badRequest (...)`; of what came back, whatever it is.
std::string reply_text(const Exchange& exchange);

/// `badPOP`
std::string_view name_of(cmp::FailInfo bit);
/// `badPOP or badRequest`; `none`
std::string fail_info_text(std::uint64_t bits, std::string_view between);

}  // namespace cmpkit::conformance
