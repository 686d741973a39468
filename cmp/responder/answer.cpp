// Building answers: header, protection in kind, errors, and the commit that comes before an answer leaves.
#include <algorithm>

#include "cmp/message/fields.h"
#include "cmp/responder/engine.h"
#include "cmpkit/cmp/algorithms.h"
#include "cmpkit/cmp/audit.h"

namespace cmpkit::cmp {

using asn1::PKIBody;

namespace {

/// The client took a certificate by a certConf. The one that a kur updates is changed by a rejection, too.
bool confirms(const Admitted& operation, const Response& answer) {
  const Transaction* transaction = operation.transaction();
  if (operation.body().type() != PKIBody::certConf || transaction == nullptr) return false;
  return std::ranges::any_of(answer.certificates_changed, [&](const IssuedCertificate& each) {
    return each.status == IssuedCertificate::Status::valid && each.serial != transaction->updates;
  });
}

/// What became of an operation, for the audit log.
std::string_view result_of(const Admitted& operation, const Response& answer) {
  using Status = IssuedCertificate::Status;
  const auto any = [&](Status status) {
    return std::ranges::any_of(answer.certificates_changed, [&](const auto& each) { return each.status == status; });
  };
  if (!answer.granted.empty()) return "granted";
  if (answer.refusal) return "refused";
  switch (operation.body().type()) {
    case PKIBody::rr:
      return any(Status::revoked) ? "revoked" : any(Status::held) ? "held" : "released";
    case PKIBody::certConf:
    case PKIBody::error:
      return confirms(operation, answer) ? "confirmed" : "rejected";
    default:
      return "answered";
  }
}

}  // namespace

/// Who acts for many has no quota of its own.
Quota Responder::Engine::quota(const Admitted& operation) const {
  Quota out = configuration_.quota;
  if (operation.permission != nullptr && operation.permission->on_behalf) out.per_sender = 0;
  return out;
}

Transaction Responder::Engine::transaction_of(const Admitted& operation) const {
  if (const auto* running = operation.transaction()) return *running;
  Transaction transaction;
  transaction.sender = operation.from.sender_key;
  transaction.transaction_id = copy_of(*operation.header().transactionID);
  transaction.by_secret = operation.sender().requester.kind == Requester::Kind::secret;
  return transaction;
}

Reply& Responder::Engine::finish(const Admitted& operation, Response answer, Reply& reply) {
  asn1::PKIHeader header = answer_header(operation.header(), answer.storage);  // H-73: also where it was polled for
  if (configuration_.answer_last_poll) header.recipNonce = operation.from.header().senderNonce;
  if (!answer.general_info.empty())
    header.generalInfo.emplace().assign(answer.general_info.begin(), answer.general_info.end());
  const std::vector<Bytes> certificates(answer.certificates.begin(), answer.certificates.end());
  auto octets = encode_answer(operation.sender(), header, answer.body, certificates);
  if (!octets)
    return answer_error(operation.from.header(), &operation.from, unavailable("protection", octets.error().text),
                        reply);
  reply.response = name_of(answer.body.type());
  if (answer.refusal) reply.trail.failed(*answer.refusal->rule, answer.refusal->field, answer.refusal->text);
  reply.refusal = std::move(answer.refusal);
  if (operation.transaction() == nullptr && !answer.is_stored) {
    reply.octets = std::move(*octets);
    return reply;
  }

  Change change;
  auto& transaction = change.transaction.emplace(transaction_of(operation));
  transaction.state = answer.state;
  transaction.deadline = answer.confirm_by.value_or(now() + configuration_.remember);
  transaction.sender_nonce = copy_of(*header.senderNonce);
  transaction.delayed_request.clear();
  transaction.confirmed = transaction.confirmed || confirms(operation, answer);
  change.audit.push_back(audit_entry(operation.from, result_of(operation, answer), reply));
  change.audit.back().action = name_of(operation.body().type());
  for (const auto& certificate : answer.certificates_changed)
    if (certificate.serial != transaction.updates && certificate.serial != answer.updates)
      change.audit.back().certificates.push_back(certificate.serial);
  if (!answer.granted.empty() && operation.from.by_secret())
    change.secret_used = std::string(text_of(operation.sender().requester.identity));
  change.quota = quota(operation);
  change.expectations = std::move(answer.expectations);
  if (answer.state == Transaction::State::awaiting_confirmation) {
    transaction.granted = std::move(answer.granted);
    transaction.updates = std::move(answer.updates);
    keep_certificates(operation.from, transaction);
  } else {
    transaction.sender_certificates.clear();
    if (transaction.confirmed) transaction.granted.clear();
  }
  change.certificates = std::move(answer.certificates_changed);
  change.devices = std::move(answer.devices);
  return commit(operation.from, std::move(change), std::move(*octets), reply);
}

Reply& Responder::Engine::commit(const Authenticated& from, Change change, Octets octets, Reply& reply) {
  change.transaction->request_digest = from.request_digest;
  change.transaction->request_nonce = copy_of(*from.header().senderNonce);
  change.transaction->response = octets;
  const auto outcome = store_.commit(change);
  if (outcome && *outcome == Commit::done) {
    reply.octets = std::move(octets);
    return reply;
  }
  if (!outcome) return answer_error(from.header(), &from, unavailable("store", outcome.error().text), reply);
  switch (*outcome) {
    case Commit::over_quota:
      return refuse(from,
                    refused(rules::E_30, "header.transactionID",
                            "too many transactions are open: finish those that are, or try again later"),
                    reply);
    case Commit::secret_used_up:
      return refuse(from, refused(rules::V_37, "header.senderKID", "this secret was used as often as it may be"),
                    reply);
    default:
      break;
  }
  if (from.received.attempt < most_attempts) return answer_anew(from, reply);
  return answer_error(from.header(), &from, unavailable("store", "other requests change the same again and again"),
                      reply);
}

/// Something was faster: with what is stored now the answer may be another one, or it is there already.
Reply& Responder::Engine::answer_anew(const Authenticated& from, Reply& reply) {
  Arrived again = from.received;
  ++again.attempt;
  return reply = respond(std::move(again));
}

Reply& Responder::Engine::refuse(const Authenticated& from, Refusal refusal, Reply& reply) {
  const auto moved = has_moved(from);
  if (!moved) return answer_error(from.header(), &from, unavailable("store", moved.error().text), reply);
  if (*moved && from.received.attempt < most_attempts) return answer_anew(from, reply);
  const auto& checks = reply.trail.checks();
  if (checks.empty() || checks.back().passed) reply.trail.failed(*refusal.rule, refusal.field, refusal.text);
  reply.refusal = std::move(refusal);
  Change change;
  change.audit.push_back(audit_entry(from, "refused", reply));
  if (const auto stored = store_.commit(change); !stored)
    return answer_error(from.header(), &from, unavailable("store", stored.error().text), reply);
  return answer_error(from.header(), &from, *reply.refusal, reply);
}

}  // namespace cmpkit::cmp
