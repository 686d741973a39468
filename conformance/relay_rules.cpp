// What holds for every message that an RA forwards, and for every answer that it passes on (RFC 9483 Section 5.2).
#include <algorithm>

#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/inspection.h"
#include "conformance/relay_run.h"
#include "conformance/signed_message.h"

namespace cmpkit::conformance {

using asn1::PKIBody;
using asn1::PKIMessage;
using namespace cmp::rules;

namespace {

/// A passage together with what is known of the RA.
struct Look {
  const Passage& passage;
  const Peer& ra;
  [[nodiscard]] const PKIMessage& message() const { return *passage.message; }
  [[nodiscard]] const PKIMessage& around() const { return *passage.around; }
  [[nodiscard]] const PKIMessage& said() const { return *passage.device->request; }
  [[nodiscard]] PKIBody::Type type() const { return message().body.type(); }
};

// --- what a passage is

bool is_known(const Look& l) { return l.passage.device != nullptr; }
/// Header, body and protection as the device sent them; A-08: not its extraCerts.
bool is_unchanged(const Look& l) {
  const auto whole = [](const PKIMessage& message) {
    PKIMessage out = message;
    out.extraCerts.reset();
    return asn1::encode(out);
  };
  return is_known(l) && whole(l.message()) == whole(l.said());
}
bool is_replaced(const Look& l) { return is_known(l) && !is_unchanged(l); }
bool is_enclosed(const Look& l) { return l.passage.around != nullptr; }
bool is_approved(const Look& l) { return is_enclosed(l) && !l.passage.in_batch; }
bool is_alone(const Look& l) { return !l.passage.in_batch; }
bool is_in_batch(const Look& l) { return l.passage.in_batch; }
bool is_request(const Look& l) { return l.type() != PKIBody::certConf && l.type() != PKIBody::pollReq; }
bool is_key_update(const Look& l) { return is_known(l) && l.type() == PKIBody::kur; }
bool is_signed_by_ra(const Look& l) { return is_enclosed(l) || (is_replaced(l) && !is_mac(l.message().header)); }
const PKIMessage& of_ra(const Look& l) { return is_enclosed(l) ? l.around() : l.message(); }

const asn1::CertReqMsg* request_in(const PKIMessage& message) {
  const auto* requests = message.body.cert_requests();
  return requests == nullptr || requests->empty() ? nullptr : &requests->front();
}
bool says_ra_verified(const asn1::CertReqMsg& request) {
  return request.popo && request.popo->value.index() == asn1::ProofOfPossession::raVerified;
}
const asn1::Any* original_in(const PKIMessage& message) {
  if (message.header.generalInfo)
    for (const auto& item : *message.header.generalInfo)
      if (item.infoType == asn1::id_it_origPKIMessage && item.infoValue) return &*item.infoValue;
  return nullptr;
}

// --- upwards

Fault ids_stay(const Look& l) {
  const auto& nonce = l.message().header.recipNonce;
  if (!is_known(l)) return "no device sent a message with this transactionID and senderNonce";
  const auto* before = l.passage.before;
  const bool answers_ca =
      before != nullptr && before->answer != nullptr && is_same(nonce, before->answer->header.senderNonce);
  return is_same(nonce, l.said().header.recipNonce) || answers_ca ? Fault{} : "recipNonce is another one";
}
Fault is_authentic(const Look& l) {
  return l.passage.authentic ? Fault{} : "it was changed, and its protection cannot be verified";
}
Fault approved_is_unchanged(const Look& l) {
  return is_unchanged(l) ? Fault{} : "what is in the nested message is not what the device sent";
}
Fault is_signed(const Look& l) {
  return l.around().protection && !is_mac(l.around().header) ? Fault{} : "the nested message is not signed";
}
Fault shares_ids(const Look& l) {
  if (const Fault fault = is_signed(l); !fault.empty()) return fault;
  return is_same(l.around().header.senderNonce, l.message().header.senderNonce)
             ? Fault{}
             : "senderNonce of the nested message is not that of the message in it";
}
Fault has_own_ids(const Look& l) {
  const auto& ids = l.around().header;
  return ids.transactionID && ids.senderNonce && !is_same(ids.senderNonce, l.message().header.senderNonce)
             ? Fault{}
             : "the batch has no transactionID and senderNonce of its own";
}
Fault brings_certificates(const Look& l) {
  if (!l.around().extraCerts) return "the nested message has no extraCerts";
  return l.passage.authentic ? Fault{} : "the signature of the nested message cannot be verified";
}
Fault keeps_own_protection(const Look& l) {
  return is_unchanged(l) ? Fault{} : "the protection of the kur was replaced";
}
Fault keeps_proof_with_content(const Look& l) {
  const auto* now = request_in(l.message());
  const auto* then = request_in(l.said());
  if (now == nullptr || then == nullptr || says_ra_verified(*now)) return {};
  return asn1::encode(now->certReq) == asn1::encode(then->certReq) ? Fault{} : "certReq was changed, and popo was kept";
}
Fault vouches_for_proof(const Look& l) {
  const auto* now = request_in(l.message());
  const auto* then = request_in(l.said());
  if (now == nullptr || then == nullptr || !now->popo || !then->popo) return {};
  return says_ra_verified(*now) || asn1::encode(*now->popo) == asn1::encode(*then->popo)
             ? Fault{}
             : "popo is another one, and not raVerified";
}
Fault keeps_body(const Look& l) {
  const auto* request = request_in(l.message());
  if (request != nullptr && says_ra_verified(*request)) return {};
  return asn1::encode(l.message().body) == asn1::encode(l.said().body) ? Fault{} : "the body is another one";
}
Fault original_is_the_device_s(const Look& l) {
  const auto original = asn1::decode<asn1::OrigPKIMessageValue>(original_in(l.message())->tlv);
  return original && !original->empty() && asn1::encode(original->front().body) == asn1::encode(l.said().body)
             ? Fault{}
             : "origPKIMessage is not what the device sent";
}
/// All messages of an operation, or none.
Fault is_as_its_request(const Look& l) {
  const Look before{*l.passage.before, l.ra};
  return is_replaced(before) == is_replaced(l) ? Fault{} : "protection was replaced in some messages of the operation";
}
Fault fits_label(const Look& l) {
  const std::string_view path = l.passage.exchange->path;
  const std::string_view label = path.substr(path.rfind('/') + 1);
  const auto operation = transport::operation_of_http_label(label);
  if (!operation) return {};
  const auto is = [&](PKIBody::Type type, transport::Operation wanted) {
    return l.type() == type && *operation == wanted;
  };
  using enum transport::Operation;
  const bool fits = is(PKIBody::ir, initialization) || is(PKIBody::cr, certification) || is(PKIBody::kur, keyupdate) ||
                    is(PKIBody::p10cr, pkcs10) || is(PKIBody::rr, revocation) || is(PKIBody::genm, getcacerts) ||
                    (!is_request(l) && *operation != nested);
  return fits ? Fault{} : "the path ends with the label " + std::string(label);
}
Fault is_posted(const Look& l) {
  const auto& [method, path, type, request, answer, disturbed, trouble] = *l.passage.exchange;
  return method == "POST" && transport::is_pkixcmp(type) ? Fault{} : "it came by " + method + " as " + type;
}

// --- as the RA is configured

template <const std::string_view& feature>
bool is_set_to(const Look& l) {
  return l.ra.has(feature) && is_known(l);
}
bool must_be_approved(const Look& l) { return is_set_to<feature::adds>(l) && is_request(l); }
bool must_be_replaced(const Look& l) { return is_set_to<feature::replaces>(l) && !is_key_update(l); }
/// Where an RA below it put a nested message around it, that too.
Fault goes_unchanged(const Look& l) {
  const bool as_sent = same_octets(l.passage.exchange->request, l.passage.device->sent);
  return as_sent || (is_unchanged(l) && !is_approved(l)) ? Fault{} : "the message is not forwarded as it came";
}
Fault goes_approved(const Look& l) { return is_approved(l) ? Fault{} : "the request is not in a nested message"; }
Fault goes_replaced(const Look& l) {
  const auto* before = l.passage.before;
  if (before != nullptr && !is_replaced({*before, l.ra})) return {};  // what follows a kur
  return is_replaced(l) ? Fault{} : "the protection is that of the device";
}

// --- downwards: what the RA passes on while the device waits

bool is_passed_on(const Look& l) {
  return l.ra.has(feature::online) && is_known(l) && l.passage.device->reply != nullptr &&
         l.passage.answer != nullptr && !l.passage.exchange->disturbed;
}
Fault answer_is_passed_on(const Look& l) {
  return l.passage.device->body().type() == l.passage.answer->body.type()
             ? Fault{}
             : "the device got a " + std::string(asn1::name_of(l.passage.device->body().type())) + ", the RA a " +
                   std::string(asn1::name_of(l.passage.answer->body.type()));
}
Fault answer_keeps_nonces(const Look& l) {
  const auto& down = l.passage.device->header();
  const auto& up = l.passage.answer->header;
  return is_same(down.transactionID, up.transactionID) && is_same(down.senderNonce, up.senderNonce) &&
                 is_same(down.recipNonce, up.recipNonce)
             ? Fault{}
             : "transactionID or nonces of the CA's answer were changed";
}
Fault answer_keeps_body(const Look& l) {
  return asn1::encode(l.passage.device->body()) == asn1::encode(l.passage.answer->body)
             ? Fault{}
             : "the body of the CA's answer was changed";
}

using Applies = bool (*)(const Look&);
using Check = Fault (*)(const Look&);
struct Row {
  const cmp::Rule& rule;
  Applies applies;
  Check check;
};

bool always(const Look&) { return true; }
bool follows(const Look& l) {
  return is_known(l) && l.passage.before != nullptr && l.passage.before->device != nullptr;
}
bool has_original(const Look& l) { return is_replaced(l) && original_in(l.message()) != nullptr; }

template <Fault (*check)(const PKIMessage&)>
Fault about_ra(const Look& l) {
  return check(of_ra(l));
}

const Row table[] = {
    {A_06, always, ids_stay},
    {A_04, is_replaced, is_authentic},
    {A_05, is_approved, approved_is_unchanged},
    {A_20, is_approved, shares_ids},
    {A_23, is_enclosed, is_signed},
    {A_37, is_enclosed, brings_certificates},
    {A_30, is_in_batch, has_own_ids},
    {A_41, is_key_update, keeps_own_protection},
    {A_43, is_replaced, keeps_proof_with_content},
    {A_44, is_replaced, vouches_for_proof},
    {A_03, is_replaced, keeps_body},
    {A_42, has_original, original_is_the_device_s},
    {A_46, follows, is_as_its_request},
    {A_24, is_alone, fits_label},
    {W_01, always, is_posted},
    {H_10, is_signed_by_ra, about_ra<sender_is_subject>},
    {H_50, is_signed_by_ra, about_ra<key_identifier>},
    {P_06, is_signed_by_ra, about_ra<chain_in_order>},
    {A_10, is_set_to<feature::unchanged>, goes_unchanged},
    {A_20, must_be_approved, goes_approved},
    {A_46, must_be_replaced, goes_replaced},
    {A_02, is_passed_on, answer_is_passed_on},
    {A_06, is_passed_on, answer_keeps_nonces},
    {A_03, is_passed_on, answer_keeps_body},
};

}  // namespace

std::vector<AnswerCheck> RelayRun::check() const {
  std::vector<AnswerCheck> out = unreadable_;
  for (const Passage& passage : passages_) {
    const Look look{passage, ra_};
    for (const Row& row : table)
      if (row.applies(look)) out.push_back({&row.rule, row.check(look)});
    if (!is_enclosed(look) && !is_replaced(look)) continue;
    const cmp::Trail inspected = cmp::inspect(of_ra(look));
    for (const auto& made : inspected.checks())
      if (made.rule != &R_08)  // an RA may say raVerified
        out.push_back({made.rule, made.passed ? Fault{} : made.detail});
  }
  return out;
}

std::span<const cmp::Rule* const> relay_rules() {
  static const std::vector<const cmp::Rule*> all = [] {
    std::vector<const cmp::Rule*> out;
    for (const Row& row : table) out.push_back(&row.rule);
    return out;
  }();
  return all;
}

}  // namespace cmpkit::conformance
