// Building answers: header, protection in kind, errors, and the commit that comes before an answer leaves.
#include "cmp/message/fields.h"
#include "cmp/responder/engine.h"

namespace cmpkit::cmp {

using asn1::PKIBody;

namespace {

constexpr std::size_t nonce_size = 16;  // H-70: 128 bits, RFC 9483 Section 3.1

/// The version to answer in: the request's where we know it, else the nearest that we do (RFC 9810 Section 7).
asn1::Pvno answer_version(asn1::Pvno requested) {
  return requested > asn1::Pvno::cmp2000 ? asn1::Pvno::cmp2021 : asn1::Pvno::cmp2000;
}

asn1::PKIFailureInfo fail_info(FailInfo bit) {
  asn1::PKIFailureInfo out;
  out.set(bit);
  return out;
}

}  // namespace

asn1::PKIStatusInfo rejection(const Refusal& refusal) {
  asn1::PKIStatusInfo info;
  info.status = asn1::PKIStatus::rejection;
  info.statusString.emplace().push_back({refusal.text});
  if (refusal.fail_info) info.failInfo = fail_info(*refusal.fail_info);
  return info;
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

CryptoResult<Octets> Responder::Engine::encode_answer(const Authenticated& from, const asn1::PKIHeader& header,
                                                      const PKIBody& body, std::span<const Bytes> certificates) const {
  const Sender& sender = from.sender;
  if (!sender.mac) return encode_message(header, body, *signature_protector_, certificates);
  const auto protector = mac_protector(sender.mac_algorithm, sender.mac, sender.requester.identity);  // P-02
  if (!protector) return tl::unexpected(protector.error());
  return encode_message(header, body, **protector, certificates);
}

Reply& Responder::Engine::answer_error(const asn1::PKIHeader& request, const Authenticated* from, Refusal refusal,
                                       Reply& reply) const {
  asn1::Storage storage;
  asn1::PKIHeader header = answer_header(request, storage);
  if (request.octets.empty()) header.recipient = asn1::GeneralName::of(asn1::null_dn);  // H-20: sender is not known
  PKIBody body;
  body.set<PKIBody::error>().pKIStatusInfo = rejection(refusal);
  auto encoded = from != nullptr ? encode_answer(*from, header, body, {})
                                 : encode_message(header, body, *signature_protector_, {});  // E-13
  reply.octets = encoded.value_or(Octets{});
  reply.response = name_of(PKIBody::error);
  reply.refusal = std::move(refusal);
  return reply;
}

Transaction Responder::Engine::new_transaction(const Authenticated& from, std::int64_t cert_req_id) const {
  Transaction transaction;
  transaction.sender = from.sender_key;
  transaction.transaction_id = copy_of(*from.header().transactionID);
  transaction.by_secret = from.sender.requester.kind == Requester::Kind::secret;
  transaction.cert_req_id = cert_req_id;
  transaction.request_digest = from.request_digest;
  transaction.deadline = now() + configuration_.remember;
  return transaction;
}

Reply& Responder::Engine::commit(const Authenticated& from, Change change, Octets octets, Reply& reply) {
  change.transaction->request_digest = from.request_digest;
  change.transaction->response = octets;
  const auto outcome = store_.commit(change);
  if (outcome && *outcome == Commit::done) {
    reply.octets = std::move(octets);
    return reply;
  }
  if (!outcome) return answer_error(from.header(), &from, refused(rules::E_30, "store", outcome.error().text), reply);
  // Another message of the same transaction was faster. If it was this very one, its answer is ours.
  const auto transactions = store_.transactions(*from.header().transactionID);
  if (transactions)
    for (const auto& winner : *transactions)
      if (winner.sender == from.sender_key && winner.request_digest == from.request_digest) {
        reply.octets = winner.response;
        reply.response = "repeated";
        return reply;
      }
  return answer_error(from.header(), &from, refused(rules::V_50, "header.transactionID", "another message was faster"),
                      reply);
}

}  // namespace cmpkit::cmp
