// Building answers: header, protection in kind, errors, and the commit that comes before an answer leaves.
#include <algorithm>

#include "cmp/message/fields.h"
#include "cmp/responder/engine.h"
#include "cmpkit/cmp/algorithms.h"
#include "cmpkit/cmp/audit.h"

namespace cmpkit::cmp {

using asn1::PKIBody;

namespace {

constexpr std::size_t nonce_size = 16;  // H-70: 128 bits, RFC 9483 Section 3.1
constexpr unsigned most_attempts = 5;   // to answer one message while others change the same

/// The version to answer in: the request's where we know it, else the nearest that we do (RFC 9810 Section 7).
asn1::Pvno answer_version(asn1::Pvno requested) {
  return requested > asn1::Pvno::cmp2000 ? asn1::Pvno::cmp2021 : asn1::Pvno::cmp2000;
}

asn1::PKIFailureInfo fail_info(FailInfo bit) {
  asn1::PKIFailureInfo out;
  out.set(bit);
  return out;
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
      return any(Status::valid) ? "confirmed" : "rejected";
    default:
      return "answered";
  }
}

}  // namespace

/// What later messages may omit (P-06, RFC 9483 Section 3.3).
void keep_certificates(const Authenticated& from, Transaction& transaction) {
  constexpr std::size_t most = 8;
  auto& kept = transaction.sender_certificates;
  if (!kept.empty() || !from.sender.certificate || !from.received.message.extraCerts) return;
  for (const auto& certificate : *from.received.message.extraCerts)
    if (kept.size() < most) kept.push_back(copy_of(certificate.tlv));
}

asn1::PKIStatusInfo rejection(const Refusal& refusal, asn1::Storage& storage) {
  asn1::PKIStatusInfo info;
  info.status = asn1::PKIStatus::rejection;
  info.statusString.emplace().push_back({storage.keep(std::string_view(refusal.text))});
  if (refusal.fail_info) info.failInfo = fail_info(*refusal.fail_info);
  return info;
}

asn1::PKIStatusInfo waiting_status(const Waiting& waiting, asn1::Storage& storage) {
  asn1::PKIStatusInfo info;
  info.status = asn1::PKIStatus::waiting;
  if (!waiting.reason.empty()) info.statusString.emplace().push_back({storage.keep(std::string_view(waiting.reason))});
  return info;
}

Response error_answer(Refusal refusal) {
  Response answer;
  answer.body.set<PKIBody::error>().pKIStatusInfo = rejection(refusal, answer.storage);
  answer.refusal = std::move(refusal);
  return answer;
}

asn1::PKIHeader Responder::Engine::answer_header(const asn1::PKIHeader& request, asn1::Storage& storage) const {
  asn1::PKIHeader header;
  header.pvno = answer_version(request.pvno);  // H-07
  header.recipient = request.sender;           // H-22, RFC 9483 Section 5.1
  header.messageTime = asn1::GeneralizedTime{now()};
  header.transactionID = request.transactionID;  // H-61
  Octets nonce(nonce_size);
  environment_.random.fill(nonce);
  header.senderNonce = storage.keep(std::move(nonce));  // H-70
  header.recipNonce = request.senderNonce;              // H-72
  return header;
}

/// P-02: in kind. The parameters are the request's, with a fresh salt.
CryptoResult<Octets> Responder::Engine::encode_answer(const Sender& sender, const asn1::PKIHeader& header,
                                                      const PKIBody& body, std::span<const Bytes> certificates) const {
  if (!sender.mac) return encode_message(header, body, *signature_protector_, certificates);
  const auto requested = asn1::decode<asn1::AlgorithmIdentifier>(sender.mac_algorithm);
  const auto secret = configuration_.secrets->find(sender.requester.identity);
  if (!secret) return tl::unexpected(CryptoError{CryptoError::Kind::failure, secret.error().text});
  if (!requested || !*secret)
    return tl::unexpected(CryptoError{CryptoError::Kind::failure, "the shared secret is not known any more"});
  auto algorithm = with_fresh_salt(*requested, environment_.random);
  if (!algorithm) return tl::unexpected(algorithm.error());
  auto mac = environment_.crypto.mac(**algorithm, **secret, configuration_.mac_limits);
  if (!mac) return tl::unexpected(mac.error());
  const auto protector = mac_protector(copy_of(algorithm->octets()), std::move(*mac), sender.requester.identity);
  if (!protector) return tl::unexpected(protector.error());
  return encode_message(header, body, **protector, certificates);
}

Reply& Responder::Engine::answer_error(const asn1::PKIHeader& request, const Authenticated* from, Refusal refusal,
                                       Reply& reply) const {
  asn1::Storage storage;
  asn1::PKIHeader header = answer_header(request, storage);
  if (request.octets.empty()) header.recipient = asn1::GeneralName::of(asn1::null_dn);  // H-20: sender is not known
  PKIBody body;
  body.set<PKIBody::error>().pKIStatusInfo = rejection(refusal, storage);
  auto encoded = from != nullptr ? encode_answer(from->sender, header, body, {})
                                 : encode_message(header, body, *signature_protector_, {});  // E-13
  if (!encoded) encoded = encode_message(header, body, *signature_protector_, {});  // the secret may be gone meanwhile
  reply.octets = encoded.value_or(Octets{});
  reply.response = name_of(PKIBody::error);
  reply.refusal = std::move(refusal);
  return reply;
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
  transaction.confirmed = transaction.confirmed || operation.body().type() == PKIBody::certConf;
  change.audit.push_back(audit_entry(operation.from, result_of(operation, answer), reply));
  change.audit.back().action = name_of(operation.body().type());
  for (const auto& certificate : answer.certificates_changed)
    if (certificate.serial != transaction.updates && certificate.serial != answer.updates)
      change.audit.back().certificates.push_back(certificate.serial);
  if (!answer.granted.empty() && operation.from.by_secret())
    change.secret_used = std::string(text_of(operation.sender().requester.identity));
  change.quota = configuration_.quota;
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
  return reply = respond(from.received.octets, from.received.profile, from.received.attempt + 1);
}

/// The transaction is not, or not as, it was looked up. Then a refusal may rest on what this very message, sent again
/// to another replica, has done meanwhile: whoever sees that sees its transaction now.
tl::expected<bool, StoreError> Responder::Engine::has_moved(const Authenticated& from) {
  return store_.transactions(*from.header().transactionID).map([&](const std::vector<Transaction>& now_stored) {
    const auto same = [](const Transaction& one, const Transaction& other) {
      return one.sender == other.sender && one.version == other.version;
    };
    return !std::ranges::is_permutation(now_stored, from.received.transactions, same);
  });
}

AuditEntry Responder::Engine::audit_entry(const Authenticated& from, std::string_view result,
                                          const Reply& reply) const {
  AuditEntry entry;
  entry.time = now();
  entry.actor = (from.by_secret() ? "" : "certificate ") + reply.requester;  // `secret` is in it
  entry.action = name_of(from.body().type());
  entry.result = result;
  entry.transaction_id = copy_of(*from.header().transactionID);
  if (reply.refusal) entry.reason = reply.refusal->text;
  entry.trail = trail_text(reply.trail);
  return entry;
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
