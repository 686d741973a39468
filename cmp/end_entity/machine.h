// The inside of Enrollment: its states and the arrows between them (drawn in enrollment.h).
#pragma once

#include <variant>

#include "cmp/message/encode_message.h"
#include "cmp/protection/authenticate.h"
#include "cmpkit/asn1/storage.h"
#include "cmpkit/cmp/enrollment.h"

namespace cmpkit::cmp {

struct Idle {};

/// The request, or a pollReq for its answer, is sent.
struct AwaitingResponse {
  Octets request_nonce;            // of the request; V-21: a delayed answer may name it instead of the last pollReq's
  std::optional<Time> poll_until;  // set once the server let us wait
};

/// The server asked us to wait.
struct Polling {
  AwaitingResponse next;
  std::int64_t cert_req_id = 0;
};

/// certConf is sent.
struct AwaitingConfirmation {
  Outcome outcome;  // what it will be once pkiConf is here
};

struct Done {};

class Enrollment::Machine {
 public:
  Machine(EnrollmentOptions options, Environment environment);
  /// Makes the protector; it looks into options_, so the machine stays where it is.
  tl::expected<void, std::string> prepare();

  Output start();
  Output receive(Bytes der);
  Output wake();

  Trail trail;
  std::string_view last_received;

 private:
  using State = std::variant<Idle, AwaitingResponse, Polling, AwaitingConfirmation, Done>;

  // machine.cpp: the arrows
  Output on_response(AwaitingResponse state, const asn1::PKIMessage& message);
  Output on_certificate(const asn1::PKIMessage& message, const asn1::CertResponse& response);
  Output on_waiting(AwaitingResponse state, std::int64_t cert_req_id, std::chrono::seconds check_after);
  Output on_poll_response(AwaitingResponse state, const asn1::PKIMessage& message);
  Output on_confirmed(AwaitingConfirmation state, const asn1::PKIMessage& message);
  Output on_error(const asn1::PKIMessage& message, bool authenticated);

  // message.cpp: what is sent, and the checks of what is received
  asn1::PKIHeader next_header(asn1::Storage& storage);
  CryptoResult<Octets> encode(const asn1::PKIHeader& header, const asn1::PKIBody& body) const;
  Output send(const asn1::PKIHeader& header, const asn1::PKIBody& body);
  Output send_confirmation(Outcome outcome, const Refusal* rejected);
  std::optional<Refusal> check_received(const asn1::PKIMessage& message);
  std::optional<Refusal> check_protection(const asn1::PKIMessage& message);
  [[nodiscard]] bool answers_us(const asn1::PKIHeader& header) const;

  Output finish(Outcome outcome);
  Output fail(Refusal refusal);
  Output fail(const Rule& rule, std::string_view field, std::string_view detail);

  EnrollmentOptions options_;
  Environment environment_;
  std::unique_ptr<Protector> protector_;
  std::unique_ptr<SharedSecrets> secret_;  // the one of the credential; null: we sign
  State state_;
  asn1::Pvno pvno_ = asn1::Pvno::cmp2000;  // H-06
  Octets transaction_id_;
  Octets our_nonce_;                         // senderNonce of our last message
  Octets their_nonce_;                       // senderNonce of their last message
  Octets recipient_;                         // DER GeneralName of whom we write to
  std::vector<Octets> server_certificates_;  // of earlier extraCerts, which later messages may omit (P-06)
};

}  // namespace cmpkit::cmp
