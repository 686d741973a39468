// What holds for every message of a client (RFC 9483 Sections 3.1 to 3.3 and 4).
#include "cmpkit/asn1/names.h"
#include "cmpkit/cmp/inspection.h"
#include "conformance/client_case.h"
#include "conformance/signed_message.h"

namespace cmpkit::conformance {

using asn1::PKIBody;
using namespace cmp::rules;

namespace {

/// One message of a client with what came before it.
struct Utterance {
  const asn1::PKIMessage& message;
  const asn1::PKIMessage& first;  // of its transaction
  const asn1::PKIMessage* heard;  // the last answer in this transaction; null: it is the first message
  const Peer& server;
};

/// A check of the message alone.
template <Fault (*check)(const asn1::PKIMessage&)>
Fault about(const Utterance& u) {
  return check(u.message);
}

Fault transaction_id_size(const Utterance& u) {
  return u.message.header.transactionID.value_or(Bytes{}).size() == 16 ? Fault{} : "transactionID has not 128 bits";
}
Fault same_transaction(const Utterance& u) {
  return is_same(u.message.header.transactionID, u.first.header.transactionID) ? Fault{} : "transactionID has changed";
}
Fault no_recip_nonce_at_first(const Utterance& u) {
  return u.heard != nullptr || !u.message.header.recipNonce ? Fault{} : "the first message has a recipNonce";
}
Fault echoes_nonce(const Utterance& u) {
  return u.heard == nullptr || is_same(u.message.header.recipNonce, u.heard->header.senderNonce)
             ? Fault{}
             : "recipNonce is not senderNonce of the message before";
}
Fault names_ca_at_first(const Utterance& u) {
  const auto* name = u.message.header.recipient.directory_name();
  return u.heard != nullptr || (name != nullptr && asn1::same_name(*name, {u.server.recipient}))
             ? Fault{}
             : "recipient is not the CA";
}
Fault answers_sender(const Utterance& u) {
  return u.heard == nullptr ||
                 same_octets(asn1::encode(u.message.header.recipient), asn1::encode(u.heard->header.sender))
             ? Fault{}
             : "recipient is not sender of the message before";
}
Fault same_credential(const Utterance& u) {
  const auto& now = u.message.header;
  const auto& then = u.first.header;
  if (!now.protectionAlg || !then.protectionAlg) return "protectionAlg is missing";
  return now.protectionAlg->algorithm == then.protectionAlg->algorithm && is_same(now.senderKID, then.senderKID)
             ? Fault{}
             : "the message is protected otherwise than the first one";
}
Fault version_2(const Utterance& u) {
  const auto* statuses = u.message.body.get<PKIBody::certConf>();
  const bool hash_alg = statuses != nullptr && !statuses->empty() && statuses->front().hashAlg;
  const auto wanted = hash_alg ? asn1::Pvno::cmp2021 : asn1::Pvno::cmp2000;
  return u.message.header.pvno == wanted ? Fault{} : "pvno is not the lowest that will do";
}
Fault is_no_error(const Utterance& u) {
  return u.message.body.type() != PKIBody::error ? Fault{} : "a client sends no error messages";
}
/// RFC 9483 Section 4.1.1: kept in certConf and pollReq as well.
Fault is_protected(const Utterance& u) { return u.message.protection ? Fault{} : "the message is not protected"; }

struct Row {
  const cmp::Rule& rule;
  Fault (*check)(const Utterance&);
};

const Row table[] = {
    {H_60, transaction_id_size},
    {H_61, same_transaction},
    {H_71, no_recip_nonce_at_first},
    {H_72, echoes_nonce},
    {H_20, names_ca_at_first},
    {H_21, names_ca_at_first},
    {H_22, answers_sender},
    {P_01, is_protected},
    {P_02, same_credential},
    {P_04, same_credential},
    {M_01, same_credential},
    {H_50, about<key_identifier>},
    {H_10, about<sender_is_subject>},
    {P_06, about<chain_in_order>},
    {H_06, version_2},
    {E_01, is_no_error},
};

bool begins(PKIBody::Type type) { return type != PKIBody::certConf && type != PKIBody::pollReq; }

}  // namespace

std::vector<AnswerCheck> check_client_messages(const ClientRun& run, const Peer& server) {
  std::vector<AnswerCheck> out;
  std::set<Octets> nonces;
  const asn1::PKIMessage* first = nullptr;
  for (std::size_t i = 0; i < run.sent.size(); ++i) {
    const asn1::PKIMessage& message = *run.sent[i];
    const bool is_first = begins(message.body.type());
    if (is_first) first = &message;
    if (first == nullptr) first = &message;
    const asn1::PKIMessage* heard = is_first || i == 0 || i > run.received.size() ? nullptr : &*run.received[i - 1];
    for (const Row& row : table) out.push_back({&row.rule, row.check({message, *first, heard, server})});
    const cmp::Trail inspected = cmp::inspect(message);
    for (const auto& made : inspected.checks()) out.push_back({made.rule, made.passed ? Fault{} : made.detail});
    const Octets nonce = copy_of(message.header.senderNonce.value_or(Bytes{}));
    out.push_back({&H_70, nonce.size() == 16 && nonces.insert(nonce).second ? Fault{} : "senderNonce is not fresh"});
  }
  return out;
}

std::span<const cmp::Rule* const> client_rules() {
  static const std::vector<const cmp::Rule*> all = [] {
    // Of cmp::inspect: those about requests.
    std::vector<const cmp::Rule*> out{&H_70, &H_02, &H_30, &H_40, &H_11, &H_51, &H_80, &H_83,
                                      &P_05, &R_01, &R_02, &R_03, &R_04, &R_05, &N_03, &C_02};
    for (const Row& row : table) out.push_back(&row.rule);
    return out;
  }();
  return all;
}

}  // namespace cmpkit::conformance
