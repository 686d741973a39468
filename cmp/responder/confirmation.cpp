// certConf: the client takes the certificate, or not (RFC 9483 Sections 4.1.1 and 5.1.2).
#include "cmp/message/cert_hash.h"
#include "cmp/message/checks.h"
#include "cmp/responder/engine.h"

namespace cmpkit::cmp {

using asn1::PKIBody;

Reply& Responder::Engine::answer_confirmation(const Authenticated& from, Reply& reply) {
  const auto error = [&](Refusal refusal) -> Reply& {
    reply.trail.failed(*refusal.rule, refusal.field, refusal.text);
    return answer_error(from.header(), &from, std::move(refusal), reply);
  };
  const Transaction* transaction = from.transaction();
  if (transaction == nullptr)  // V-52, P-04: unknown, or begun with another credential
    return error(refused(rules::V_04, "body", "no transaction of this transactionID was begun with this credential"));
  if (transaction->state != Transaction::State::awaiting_confirmation)
    return error(transaction->certificate.empty()
                     ? refused(rules::V_04, "body", "no certificate was granted in this transaction")
                     : refused(rules::C_08, "body", "this transaction is over already"));
  reply.trail.passed(rules::V_04, "body");
  if (!from.header().recipNonce || !same_octets(*from.header().recipNonce, transaction->sender_nonce))
    return error(refused(rules::V_20, "header.recipNonce", {}));
  reply.trail.passed(rules::V_20, "header.recipNonce");

  using Status = IssuedCertificate::Status;
  const auto accepted = check_confirmation(from, *transaction, reply.trail);
  if (!accepted) return finish_confirmation(from, *transaction, Status::rejected, accepted.error(), reply);
  return finish_confirmation(from, *transaction, *accepted ? Status::valid : Status::rejected, {}, reply);
}

/// True where the client accepts the certificate, false where it rejects it; a refusal where the certConf is wrong,
/// which ends the transaction like a rejection (C-05).
Checked<bool> Responder::Engine::check_confirmation(const Authenticated& from, const Transaction& transaction,
                                                    Trail& trail) const {
  if (now() > transaction.deadline)  // C-07, RFC 9483 Section 4.1.1
    return tl::unexpected(refused(rules::C_07, "body", "the time to confirm the certificate is over"));
  if (auto refusal = check_message(from.received.message, Stage::body, trail))
    return tl::unexpected(std::move(*refusal));
  const asn1::CertStatus& status = from.body().get<PKIBody::certConf>()->front();
  if (status.certReqId != transaction.cert_req_id)  // C-02
    return tl::unexpected(refused(rules::C_02, "body.certReqId", "certReqId is not that of the response"));
  const auto expected = expected_cert_hash(status, transaction.certificate, environment_.crypto);
  if (!expected) return tl::unexpected(refused(rules::C_03, "body.hashAlg", expected.error().text));
  if (!same_octets(*expected, status.certHash))  // C-03, C-05
    return tl::unexpected(refused(rules::C_03, "body.certHash", "certHash is not the hash of the certificate issued"));
  trail.passed(rules::C_03, "body.certHash");
  return !status.statusInfo || status.statusInfo->status == asn1::PKIStatus::accepted;
}

Reply& Responder::Engine::finish_confirmation(const Authenticated& from, const Transaction& transaction,
                                              IssuedCertificate::Status status, std::optional<Refusal> refusal,
                                              Reply& reply) {
  asn1::Storage storage;
  const asn1::PKIHeader header = answer_header(from.header(), storage);
  PKIBody body;
  if (refusal)
    body.set<PKIBody::error>().pKIStatusInfo = rejection(*refusal);
  else
    body.set<PKIBody::pkiconf>();  // C-06
  auto octets = encode_answer(from, header, body, {});
  if (!octets)
    return answer_error(from.header(), &from, refused(rules::E_30, "protection", octets.error().text), reply);
  reply.response = name_of(body.type());
  if (refusal) reply.trail.failed(*refusal->rule, refusal->field, refusal->text);
  reply.refusal = std::move(refusal);

  Change change;
  change.transaction = transaction;
  change.transaction->state = Transaction::State::done;
  change.transaction->deadline = now() + configuration_.remember;
  change.transaction->sender_certificates.clear();
  change.certificate = with_status(transaction, status);
  return commit(from, std::move(change), std::move(*octets), reply);
}

}  // namespace cmpkit::cmp
