// certConf: the client takes the certificate, or not (RFC 9483 Sections 4.1.1 and 5.1.2).
#include <algorithm>

#include "cmp/message/cert_hash.h"
#include "cmp/message/checks.h"
#include "cmp/responder/engine.h"
#include "cmpkit/cmp/certificate.h"

namespace cmpkit::cmp {

using asn1::PKIBody;

namespace {

Performed performed(Checked<Response> response) {
  if (response) return std::move(*response);
  return std::move(response.error());
}

}  // namespace

std::vector<Octets> serials_of(const std::vector<Transaction::Grant>& granted) {
  std::vector<Octets> out;
  for (const auto& each : granted)
    if (const auto certificate = CertificateView::decode(each.certificate))
      out.push_back(copy_of(certificate->serial().octets));
  return out;
}

/// V-04, V-20: a certConf is what is due in this transaction, and answers our last message.
std::optional<Refusal> Responder::Engine::check_confirmation_state(const Admitted& operation, Trail& trail) const {
  const Transaction* transaction = operation.transaction();
  if (transaction == nullptr)  // V-52, P-04: unknown, or begun with another credential
    return refused(rules::V_04, "body", "no transaction of this transactionID was begun with this credential");
  if (!transaction->delayed_request.empty())
    return refused(rules::V_04, "body", "an answer is delayed in this transaction: a pollReq is due");
  if (transaction->confirmed) return refused(rules::C_08, "body", "the certificate was confirmed already");
  if (transaction->granted.empty()) return refused(rules::V_04, "body", "no certConf is due in this transaction");
  if (transaction->state != Transaction::State::awaiting_confirmation)
    return refused(rules::C_07, "body", "the certificate was rejected, or the time to confirm it is over");
  trail.passed(rules::V_04, "body");
  const auto& nonce = operation.header().recipNonce;
  if (!nonce || !same_octets(*nonce, transaction->sender_nonce)) return refused(rules::V_20, "header.recipNonce", {});
  trail.passed(rules::V_20, "header.recipNonce");
  return {};
}

Performed Responder::Engine::perform_confirmation(const Admitted& operation, Reply& reply) {
  if (!operation.is_polled()) {
    if (auto refusal = check_confirmation_state(operation, reply.trail)) {
      reply.trail.failed(*refusal->rule, refusal->field, refusal->text);
      return std::move(*refusal);
    }
  }
  const Transaction& transaction = *operation.transaction();
  auto accepted = check_confirmation(operation, reply.trail);
  if (!accepted) {  // C-05: it ends the transaction like a rejection
    auto rejected = none_accepted(transaction, &operation.sender().requester);
    if (!rejected) return std::move(rejected.error());
    Response error = error_answer(std::move(accepted.error()));
    error.certificates_changed = std::move(rejected->certificates_changed);
    error.devices = std::move(rejected->devices);
    return error;
  }
  if (auto waiting = delay(operation)) return std::move(*waiting);  // C-10
  return performed(confirmed(transaction, &operation.sender().requester, *accepted));
}

/// For each certificate granted whether the client accepts it (C-09: one that it does not name it rejects); a refusal
/// where the certConf is wrong (C-05).
Checked<std::vector<bool>> Responder::Engine::check_confirmation(const Admitted& operation, Trail& trail) const {
  const Transaction& transaction = *operation.transaction();
  if (!operation.is_polled() && now() > transaction.deadline)  // C-07, RFC 9483 Section 4.1.1
    return tl::unexpected(refused(rules::C_07, "body", "the time to confirm the certificate is over"));
  auto refusal =
      configuration_.several_per_message ? std::nullopt : check_message(operation.request, Stage::single, trail);
  if (!refusal) refusal = check_message(operation.request, Stage::body, trail);
  if (refusal) return tl::unexpected(std::move(*refusal));

  std::vector<bool> accepted(transaction.granted.size(), false), named(transaction.granted.size(), false);
  for (const asn1::CertStatus& status : *operation.body().get<PKIBody::certConf>()) {
    const auto grant = std::ranges::find(transaction.granted, status.certReqId, &Transaction::Grant::cert_req_id);
    const auto index = static_cast<std::size_t>(grant - transaction.granted.begin());
    if (grant == transaction.granted.end() || named[index])  // C-02
      return tl::unexpected(
          refused(rules::C_02, "body.certReqId", "certReqId is not one of the response, or is there twice"));
    named[index] = true;
    const auto expected = expected_cert_hash(status, grant->certificate, environment_.crypto);
    if (!expected) return tl::unexpected(refused(rules::C_03, "body.hashAlg", expected.error().text));
    if (!same_octets(*expected, status.certHash))  // C-03, C-05
      return tl::unexpected(
          refused(rules::C_03, "body.certHash", "certHash is not the hash of the certificate issued"));
    accepted[index] = !status.statusInfo || status.statusInfo->status == asn1::PKIStatus::accepted;
  }
  trail.passed(rules::C_03, "body.certHash");
  return accepted;
}

/// pkiConf (C-06), and what becomes of the certificates granted and of the one that they update.
Checked<Response> Responder::Engine::confirmed(const Transaction& transaction, const Requester* requester,
                                               const std::vector<bool>& accepted) {
  using Status = IssuedCertificate::Status;
  Response answer;
  answer.body.set<PKIBody::pkiconf>();
  bool any_accepted = false;
  const std::vector<Octets> serials = serials_of(transaction.granted);
  for (std::size_t i = 0; i < serials.size(); ++i) {
    auto record = store_.certificate(serials[i]);
    if (!record) return tl::unexpected(unavailable("store", record.error().text));
    if (!*record || (*record)->status != Status::unconfirmed) continue;  // an rr was faster
    (*record)->status = accepted[i] ? Status::valid : Status::rejected;
    (*record)->status_since = now();
    (*record)->on_crl = !accepted[i] && configuration_.revoke_rejected;  // C-07
    if ((*record)->on_crl) (*record)->reason = asn1::CRLReason::cessationOfOperation;
    any_accepted = any_accepted || accepted[i];
    tell_confirmed(transaction, requester, (*record)->certificate, accepted[i], answer);
    answer.certificates_changed.push_back(std::move(**record));
  }
  if (transaction.updates.empty()) return answer;
  auto old = store_.certificate(transaction.updates);
  if (!old) return tl::unexpected(unavailable("store", old.error().text));
  if (*old) {
    (*old)->update_until = {};
    if (any_accepted && (*old)->status == Status::valid) {
      (*old)->status = Status::updated;
      (*old)->status_since = now();
    }
    answer.certificates_changed.push_back(std::move(**old));
  }
  return answer;
}

Checked<Response> Responder::Engine::none_accepted(const Transaction& transaction, const Requester* requester) {
  return confirmed(transaction, requester, std::vector<bool>(transaction.granted.size(), false));
}

/// E-01: an end entity does not send errors by RFC 9483; by RFC 9810 Section 5.3.21 it may, and pkiConf is the answer.
/// Where a certificate waits for its confirmation, the error rejects it.
Performed Responder::Engine::perform_error(const Admitted& operation) {
  const Transaction* transaction = operation.transaction();
  const bool rejects = transaction != nullptr && transaction->state == Transaction::State::awaiting_confirmation;
  if (rejects) return performed(none_accepted(*transaction, &operation.sender().requester));
  Response answer;
  answer.body.set<PKIBody::pkiconf>();
  answer.is_stored = false;
  return answer;
}

}  // namespace cmpkit::cmp
