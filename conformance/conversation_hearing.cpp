// What a conversation makes of the answers it gets.
#include "cmp/protection/authenticate.h"
#include "cmp/protection/one_secret.h"
#include "conformance/conversation.h"

namespace cmpkit::conformance {

using asn1::PKIBody;

const Exchange* Conversation::hear(Draft& draft, Bytes sent, Posted transfer) {
  Exchange& exchange = exchanges_.emplace_back();
  exchange.type = draft.body_type;
  exchange.sent = sent;
  exchange.root = peer_.root;
  exchange.request = draft.message.header.octets.empty() ? nullptr : &draft.message;
  exchange.by_mac = std::holds_alternative<cmp::SecretCredential>(draft.credential);
  const Bytes nonce = draft.header().senderNonce.value_or(Bytes{});
  draft.body_type == PKIBody::pollReq ? exchange.polled_nonce = asked_nonce_ : asked_nonce_ = copy_of(nonce);
  if (!transfer) {
    exchange.http_status = transfer.error().http_status;
    exchange.trouble = transfer.error().text;
    return &exchange;
  }
  exchange.http_status = transfer->status;
  exchange.received = transfer->body;
  auto reply = Reply::decode(std::move(transfer->body));
  if (!reply) {
    exchange.trouble = "what came back is no PKIMessage: " + reply.error().text();
    return &exchange;
  }
  exchange.reply = &replies_.emplace_back(std::move(*reply));
  authenticate(exchange);
  learn(exchange);
  return &exchange;
}

void Conversation::authenticate(Exchange& exchange) {
  const asn1::PKIMessage& reply = **exchange.reply;
  if (!reply.protection || !reply.header.protectionAlg) return;
  std::optional<cmp::OneSecret> secret;
  if (const auto* own = std::get_if<cmp::SecretCredential>(&credential_)) secret.emplace(*own);
  const std::vector<Bytes> known(peer_certificates_.begin(), peer_certificates_.end());
  constexpr cmp::MacLimits limits{};
  const cmp::Verification verification{peer_.environment, peer_.trust, secret ? &*secret : nullptr, limits, known};
  exchange.authentic = cmp::authenticate(reply, verification, exchange.authentication).has_value();
}

void Conversation::learn(const Exchange& exchange) {
  const auto& header = exchange.header();
  if (exchange.request != nullptr) {
    transaction_id_ = copy_of(exchange.request->header.transactionID.value_or(Bytes{}));
    own_nonce_ = copy_of(exchange.request->header.senderNonce.value_or(Bytes{}));
  }
  if (header.senderNonce) peer_nonce_ = copy_of(*header.senderNonce);
  if (const auto* name = header.sender.directory_name()) peer_name_ = copy_of(name->tlv);
  if ((*exchange.reply)->extraCerts)
    for (const auto& certificate : *(*exchange.reply)->extraCerts)
      peer_certificates_.push_back(copy_of(certificate.tlv));
  if (const auto* responses = exchange.body().cert_responses(); responses != nullptr && !responses->response.empty()) {
    cert_req_id_ = responses->response.front().certReqId;
    if (responses->response.front().status.status == asn1::PKIStatus::waiting) poll_id_ = cert_req_id_;  // DL-03
  }
  if (exchange.body().type() == PKIBody::error) poll_id_ = -1;
  if (const Bytes certificate = granted_certificate(exchange.body()); !certificate.empty()) {
    certificate_ = copy_of(certificate);
  }
}

}  // namespace cmpkit::conformance
