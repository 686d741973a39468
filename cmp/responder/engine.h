// The responder's inside: the pipeline of pipeline.h, one function a step.
#pragma once

#include "cmp/responder/bodies.h"
#include "cmp/responder/certificate_request.h"
#include "cmp/responder/reception.h"

namespace cmpkit::cmp {

class Responder::Engine : private Reception {
 public:
  Engine(ResponderConfiguration configuration, Authority& authority, Store& store, Environment environment);
  /// Checks the configuration.
  tl::expected<void, std::string> prepare();

  Reply respond(Arrived request);
  std::size_t expire(std::size_t count);

 private:
  // responder.cpp: the steps
  std::optional<Refusal> receive(Received& received, Reply& reply);
  Checked<Authenticated> identify(Received received, Reply& reply);
  Checked<std::optional<IssuedCertificate>> own_certificate(const Sender& sender);
  std::optional<Refusal> check_own_status(const Authenticated& from, asn1::PKIBody::Type type, Reply& reply) const;
  Checked<Admitted> begin(const Authenticated& from, Reply& reply) const;
  Reply& answer(const Authenticated& from, Reply& reply);
  Performed perform(const Admitted& operation, Reply& reply);
  tl::expected<Commit, StoreError> end(const Transaction& transaction);

  // nested_request.cpp
  /// A nested message of somebody who may send it.
  Checked<OpenedNested> open(Received outer, Reply& reply);
  Reply& answer_nested(Received outer, Reply& reply);
  Reply& answer_batch(const OpenedNested& batch, Reply& reply);

  // certificate_response.cpp: ir, cr, kur, p10cr
  Performed perform_enrollment(const Admitted& operation, Reply& reply);
  Decision decide(const Admitted& operation, std::size_t index, Authorised& authorised, Reply& reply);
  Response decided(const Admitted& operation, std::span<const Authorised> authorised, std::vector<Decision> decisions);
  void add_granted(const Admitted& operation, const Authorised& authorised, Granted granted, bool implicit,
                   Response& answer, asn1::CertRepMessage& content) const;
  void add_update(const Admitted& operation, bool implicit, Response& answer) const;
  IssuedCertificate issued(const Admitted& operation, const Authorised& authorised, Granted granted,
                           IssuedCertificate::Status status) const;

  // confirmation.cpp: certConf
  Performed perform_confirmation(const Admitted& operation, Reply& reply);
  std::optional<Refusal> check_confirmation_state(const Admitted& operation, Trail& trail) const;
  Checked<std::vector<bool>> check_confirmation(const Admitted& operation, Trail& trail) const;
  Performed perform_error(const Admitted& operation);
  /// `requester` null: nobody said so, time did.
  Checked<Response> confirmed(const Transaction& transaction, const Requester* requester,
                              const std::vector<bool>& accepted);
  Checked<Response> none_accepted(const Transaction& transaction, const Requester* requester);

  // policy_use.cpp
  PolicyDecision ask_policy(const Admitted& operation, PolicyQuestion question) const;
  std::optional<Decision> ask_policy(const Admitted& operation, Authorised& authorised) const;
  void tell_policy(const PolicyOutcome& outcome, Response& answer) const;
  void tell_policy(const Admitted& operation, PolicyOutcome::Kind kind, Response& answer, Bytes certificate = {},
                   Bytes serial = {}, std::string_view text = {}) const;
  void tell_confirmed(const Transaction& transaction, const Requester* requester, Bytes certificate, bool accepted,
                      Response& answer) const;

  // revocation.cpp: rr
  Performed perform_revocation(const Admitted& operation, Reply& reply);
  Checked<IssuedCertificate> find_to_revoke(const asn1::CertTemplate& wanted) const;

  // information.cpp: genm
  Performed perform_information(const Admitted& operation, Reply& reply);

  // delay.cpp: waiting and polling
  Reply& answer_waiting(const Admitted& operation, const Waiting& waiting, Reply& reply);
  Reply& answer_poll(const Authenticated& from, Reply& reply);
  std::optional<Refusal> authorise_again(Admitted& operation, bool approved, Reply& reply) const;
  Reply& answer_still_waiting(const Admitted& operation, const Waiting& waiting, Reply& reply);
  std::optional<Waiting> delay(const Admitted& operation) const;

  // answer.cpp: building what is sent
  /// answer_error() to who is authenticated, once it is in the audit log.
  Reply& refuse(const Authenticated& from, Refusal refusal, Reply& reply);
  Reply& answer_anew(const Authenticated& from, Reply& reply);
  /// The answer to an operation, stored and then sent.
  Reply& finish(const Admitted& operation, Response answer, Reply& reply);
  /// Stores the change and, once it is stored, answers with these octets; a lost race answers with what won.
  Reply& commit(const Authenticated& from, Change change, Octets octets, Reply& reply);
  Quota quota(const Admitted& operation) const;
  /// The stored transaction of the operation, or a new one.
  Transaction transaction_of(const Admitted& operation) const;

  ResponderConfiguration configuration_;
  Authority& authority_;
};

/// The serial numbers of the certificates granted.
std::vector<Octets> serials_of(const std::vector<Transaction::Grant>& granted);

}  // namespace cmpkit::cmp
