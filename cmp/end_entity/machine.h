// The inside of every Operation: its states and the arrows between them (drawn in operation.h).
#pragma once

#include "cmp/end_entity/task.h"
#include "cmp/message/encode_message.h"

namespace cmpkit::cmp {

namespace client {

/// A request and the way to its final answer, however long that takes.
struct Exchange {
  asn1::PKIBody::Type request{};      // the operation's own, or certConf
  Octets request_nonce;               // DL-02: a delayed answer may name it instead of the last pollReq's (V-21)
  std::optional<Time> poll_until;     // set once the server lets us wait
  std::int64_t poll_id = 0;           // certReqId of the pollReq
  std::optional<Outcome> confirming;  // certConf: what the outcome will be once pkiConf is here
  std::optional<Octets> failed;       // its last message is sent again: senderNonce of the error that it got
};

struct Idle {};

/// The request, or a pollReq for its answer, is sent.
struct Awaiting {
  Exchange exchange;
  Octets sent;
};

/// The server asked us to wait.
struct Polling {
  Exchange exchange;
  Time wake_at;
};

/// The server cannot serve us now (E-14): the message again then, or the request in a new transaction.
struct Resting {
  Time wake_at;
  std::optional<Awaiting> again;
};

struct Done {};

using State = std::variant<Idle, Awaiting, Polling, Resting, Done>;

/// All of a machine that outlives the process.
struct Transaction {
  State state;
  asn1::Pvno pvno = asn1::Pvno::cmp2000;    // H-06
  Octets id;                                // transactionID
  Octets our_nonce;                         // senderNonce of our last message
  Octets their_nonce;                       // senderNonce of their last message; empty: none has come
  Octets recipient;                         // DER GeneralName of whom we write to
  std::vector<Octets> server_certificates;  // of earlier extraCerts, which later messages may omit (P-06)
  unsigned new_ids = 0;                     // times that we tried again, as Retry counts them
  unsigned later = 0;
};

}  // namespace client

class Operation::Machine {
 public:
  Machine(std::unique_ptr<Task> task, Environment environment);
  /// Makes the protector. A MAC has the parameters given (DER AlgorithmIdentifier), or fresh ones (M-01).
  tl::expected<void, std::string> prepare(Bytes mac_algorithm = {});

  Output start();
  Output receive(Bytes der);
  Output wake();

  // resume.cpp
  Octets save() const;
  tl::expected<void, std::string> restore(Bytes saved);

  Trail trail;
  std::string_view last_received;

 private:
  // machine.cpp: the arrows
  Output begin();
  Output on_message(client::Exchange exchange, const VerifiedResponse& response);
  Output on_response(client::Exchange exchange, const VerifiedResponse& response);
  Output on_verdict(client::Exchange exchange, Verdict verdict);
  Output on_waiting(client::Exchange exchange, std::int64_t poll_id, std::chrono::seconds check_after);
  Output on_poll_response(client::Exchange exchange, const asn1::PKIMessage& message);
  Output on_error(client::Exchange exchange, const VerifiedResponse& response);
  Output poll(client::Exchange exchange);
  Output confirm(Outcome outcome);
  std::optional<Output> start_over(const client::Exchange& exchange, const Outcome& outcome);
  std::optional<Output> send_later(client::Exchange& exchange, const Outcome& outcome, Bytes nonce);
  std::optional<Output> rest(const Outcome& outcome, std::optional<client::Awaiting> again);
  Output make_anew(client::Exchange exchange);

  Output wait_until(Time time) const;
  Output finish(Outcome outcome);
  Output fail(Refusal refusal, const asn1::PKIMessage* message = nullptr);
  Output fail(const Rule& rule, std::string_view field, std::string_view detail);

  // message.cpp: what is sent, and the checks of what is received
  asn1::PKIHeader next_header(asn1::Storage& storage);
  Output send(const asn1::PKIHeader& header, const asn1::PKIBody& body, client::Exchange exchange);
  Checked<Sender> check_received(const client::Exchange& exchange, const asn1::PKIMessage& message);
  std::optional<Refusal> check_header(const asn1::PKIMessage& message);
  std::optional<Refusal> check_transaction(const client::Exchange& exchange, const asn1::PKIMessage& message);
  Checked<Sender> check_protection(const asn1::PKIMessage& message);
  std::optional<Refusal> judge(bool good, const Rule& rule, std::string_view field, std::optional<Deviation> excuse);
  [[nodiscard]] std::optional<Deviation> excuse(const Rule& rule, const asn1::PKIMessage& message) const;
  [[nodiscard]] bool answers_us(const client::Exchange& exchange, const asn1::PKIMessage& message) const;

  [[nodiscard]] const ClientOptions& options() const { return task_->options(); }

  std::unique_ptr<Task> task_;
  Environment environment_;
  std::unique_ptr<Protector> protector_;
  std::unique_ptr<SharedSecrets> secret_;  // the one of the credential; null: we sign
  Octets mac_algorithm_;                   // DER of our protectionAlg; empty: we sign
  client::Transaction transaction_;
};

}  // namespace cmpkit::cmp
