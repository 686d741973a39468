#include "conformance/answer_rules.h"

#include <bit>

#include "cmpkit/asn1/names.h"
#include "cmpkit/cmp/inspection.h"
#include "conformance/signed_message.h"

namespace cmpkit::conformance {

using asn1::PKIBody;
using namespace cmp::rules;

namespace {

bool is_error(const Exchange& e) { return e.body().type() == PKIBody::error; }
bool is_protected(const Exchange& e) { return (*e.reply)->protection && e.header().protectionAlg; }
bool is_signed(const Exchange& e) { return is_protected(e) && !is_mac(e.header()); }

/// Whether a check is about this answer at all.
using Applies = bool (*)(const Exchange&);
using Check = Fault (*)(const Exchange&);

bool always(const Exchange&) { return true; }
bool request_is_known(const Exchange& e) { return e.request != nullptr; }
bool version_is_known(const Exchange& e) {
  return e.request != nullptr &&
         (e.request->header.pvno == asn1::Pvno::cmp2000 || e.request->header.pvno == asn1::Pvno::cmp2021);
}
bool has_transaction(const Exchange& e) { return e.request != nullptr && e.request->header.transactionID; }
bool answers_directly(const Exchange& e) {  // not the final response to a pollReq: H-73
  return e.request != nullptr && e.request->header.senderNonce &&
         (e.type != PKIBody::pollReq || e.body().type() == PKIBody::pollRep || is_error(e));
}
bool is_no_error(const Exchange& e) { return !is_error(e); }
bool believed(const Exchange& e) { return is_signed(e) && e.authentic; }
bool by_secret(const Exchange& e) { return is_protected(e) && is_mac(e.header()) && e.request != nullptr; }
bool first_answer(const Exchange& e) {  // P-15
  const auto type = e.body().type();
  return is_signed(e) && type != PKIBody::pkiconf && type != PKIBody::pollRep && !is_error(e);
}
bool grants(const Exchange& e) { return !granted_certificate(e.body()).empty(); }
bool over_http(const Exchange& e) { return e.http_status != 0 && e.request != nullptr; }
bool has_status(const Exchange& e) { return status_of(e.body()) != nullptr; }
bool is_revocation(const Exchange& e) { return e.body().type() == PKIBody::rp; }
bool is_certification(const Exchange& e) { return e.body().cert_responses() != nullptr && e.type != PKIBody::pollReq; }

/// A check of the answer alone.
template <Fault (*check)(const asn1::PKIMessage&)>
Fault about(const Exchange& e) {
  return check(**e.reply);
}

Fault same_version(const Exchange& e) {
  return e.header().pvno == e.request->header.pvno ? Fault{} : "pvno is not that of the request";
}
Fault recipient_is_sender(const Exchange& e) {
  return same_octets(asn1::encode(e.header().recipient), asn1::encode(e.request->header.sender))
             ? Fault{}
             : "recipient is not sender of the request";
}
Fault same_transaction(const Exchange& e) {
  return is_same(e.header().transactionID, e.request->header.transactionID)
             ? Fault{}
             : "transactionID is not that of the request";
}
/// Of an error in answer to a pollReq: or that of what is polled for, as its final response has it (H-73).
Fault echoes_nonce(const Exchange& e) {
  const auto& nonce = e.header().recipNonce;
  const bool as_final = is_error(e) && nonce && same_octets(*nonce, e.polled_nonce);
  return as_final || is_same(nonce, e.request->header.senderNonce) ? Fault{}
                                                                   : "recipNonce is not senderNonce of the request";
}
Fault nonce_size(const Exchange& e) {
  const auto size = e.header().senderNonce.value_or(Bytes{}).size();
  return size >= 16 ? Fault{} : "senderNonce has " + std::to_string(size) + " octets";
}
Fault is_protected_answer(const Exchange& e) { return is_protected(e) ? Fault{} : "the answer is not protected"; }
Fault same_kind(const Exchange& e) {
  return !is_protected(e) || is_mac(e.header()) == e.by_mac
             ? Fault{}
             : "the answer has another kind of protection than the request";
}
Fault is_authentic(const Exchange& e) {
  if (!is_protected(e) || e.authentic) return {};
  const auto& checks = e.authentication.checks();
  return checks.empty() ? "the protection cannot be verified" : checks.back().detail;
}
Fault reference_of_secret(const Exchange& e) {
  return is_same(e.header().senderKID, e.request->header.senderKID) ? Fault{}
                                                                    : "senderKID is not the reference of the secret";
}
Fault brings_certificates(const Exchange& e) { return (*e.reply)->extraCerts ? Fault{} : "there are no extraCerts"; }
Fault brings_issuer(const Exchange& e) {
  const auto granted = cmp::CertificateView::decode(granted_certificate(e.body()));
  if (!granted) return "the certificate cannot be read: " + granted.error().text();
  const auto root = cmp::CertificateView::decode(e.root);
  if (granted->is_self_issued() || (root && asn1::same_name(root->subject(), granted->issuer()))) return {};
  for (std::size_t place = 0; extra_certificate(**e.reply, place); ++place)
    if (asn1::same_name(extra_certificate(**e.reply, place)->subject(), granted->issuer())) return {};
  return "extraCerts does not hold the issuer of the new certificate";
}
Fault mac_without_certificates(const Exchange& e) {
  return grants(e) || !(*e.reply)->extraCerts ? Fault{}
                                              : "extraCerts is there beside a MAC, and no certificate is granted";
}
Fault same_mac(const Exchange& e) {
  const auto& asked = e.request->header.protectionAlg;
  return !asked || asked->algorithm == e.header().protectionAlg->algorithm
             ? Fault{}
             : "the MAC is of another algorithm than that of the request";
}
Fault one_bit(const Exchange& e) {
  const auto& bits = status_of(e.body())->failInfo;
  return !bits || std::popcount(bits->bits) == 1 ? Fault{} : "failInfo has not exactly one bit";
}
Fault one_revocation(const Exchange& e) {
  const auto& status = e.body().get<PKIBody::rp>()->status;
  const bool all_refused = status.size() == 1 && status.front().status == asn1::PKIStatus::rejection;
  return all_refused || status.size() == e.request->body.get<PKIBody::rr>()->size()
             ? Fault{}
             : "there is not one status for each RevDetails";
}
Fault id_of_csr(const Exchange& e) {
  if (e.type != PKIBody::p10cr || e.body().cert_responses()->response.empty()) return {};
  const auto id = e.body().cert_responses()->response.front().certReqId;
  return id == -1 ? Fault{} : "certReqId is " + std::to_string(id) + " instead of -1";
}
Fault status_200(const Exchange& e) {
  return e.http_status == 200 ? Fault{} : "the HTTP status is " + std::to_string(e.http_status);
}

struct Row {
  const cmp::Rule& rule;
  Applies applies;
  Check check;
};

const Row table[] = {
    {H_07, version_is_known, same_version},
    {H_22, request_is_known, recipient_is_sender},
    {H_61, has_transaction, same_transaction},
    {H_72, answers_directly, echoes_nonce},
    {H_70, always, nonce_size},
    {P_01, is_no_error, is_protected_answer},
    {P_02, is_no_error, same_kind},
    {P_16, always, is_authentic},
    {H_50, believed, about<key_identifier>},
    {H_10, believed, about<sender_is_subject>},
    {H_14, by_secret, reference_of_secret},
    {P_15, first_answer, brings_certificates},
    {P_06, believed, about<chain_in_order>},
    {P_07, grants, brings_issuer},
    {P_11, by_secret, mac_without_certificates},
    {B_14, by_secret, same_mac},
    {E_12, has_status, one_bit},
    {X_02, [](const Exchange& e) { return is_revocation(e) && e.type == PKIBody::rr; }, one_revocation},
    {N_02, is_certification, id_of_csr},
    {W_02, over_http, status_200},
};

/// What `inspect` finds wrong with the answer only because the request was so: its transactionID comes back as it was
/// (H-61), and each request of several is answered.
bool follows_from_request(const Exchange& e, const cmp::Rule& rule) {
  if (e.request == nullptr) return &rule == &V_03 || &rule == &V_10 || &rule == &H_60;
  if (&rule == &V_03 || &rule == &H_60) return e.request->header.transactionID.value_or(Bytes{}).size() != 16;
  const auto* requests = e.request->body.cert_requests();
  return &rule == &R_11 && requests != nullptr && (requests->size() > 1 || requests->front().certReq.certReqId != 0);
}

}  // namespace

std::vector<AnswerCheck> AnswerRules::check(const Exchange& exchange) {
  std::vector<AnswerCheck> out;
  if (exchange.reply == nullptr) return out;
  for (const Row& row : table)
    if (row.applies(exchange)) out.push_back({&row.rule, row.check(exchange)});
  const cmp::Trail inspected = cmp::inspect(**exchange.reply);
  for (const auto& made : inspected.checks())
    if (made.passed || !follows_from_request(exchange, *made.rule))
      out.push_back({made.rule, made.passed ? Fault{} : made.detail});
  if (exchange.header().senderNonce) {
    // An answer that is given again as it was keeps its nonce (H-70 is about messages, not about transfers).
    const auto [first, is_new] = nonces_.try_emplace(copy_of(*exchange.header().senderNonce), exchange.received);
    const bool fresh = is_new || first->second == exchange.received;
    out.push_back({&H_70, fresh ? Fault{} : "senderNonce came before"});
  }
  return out;
}

std::span<const cmp::Rule* const> answer_rules() {
  static const std::vector<const cmp::Rule*> all = [] {
    // Of cmp::inspect: those about answers.
    std::vector<const cmp::Rule*> out{&V_02, &V_03, &V_10, &H_30, &H_40, &H_11, &H_51, &H_80, &H_82, &R_11, &R_13};
    for (const Row& row : table) out.push_back(&row.rule);
    return out;
  }();
  return all;
}

}  // namespace cmpkit::conformance
