// The checks of an upstream's answer (V-63, RFC 9483 Section 3.5), and what the policy learns from it.
#include <fmt/format.h>

#include <algorithm>

#include "cmp/end_entity/status.h"
#include "cmp/message/checks.h"
#include "cmp/registration/relay_engine.h"
#include "cmpkit/asn1/names.h"
#include "cmpkit/cmp/algorithms.h"

namespace cmpkit::cmp {

using asn1::PKIBody;
using asn1::PKIMessage;

namespace {

/// V-51: whether an answer of this type fits a request of that one.
bool fits(PKIBody::Type answer, PKIBody::Type request) {
  switch (request) {
    case PKIBody::ir:
      return answer == PKIBody::ip;
    case PKIBody::cr:
    case PKIBody::p10cr:
      return answer == PKIBody::cp;
    case PKIBody::kur:
      return answer == PKIBody::kup;
    case PKIBody::rr:
      return answer == PKIBody::rp;
    case PKIBody::genm:
      return answer == PKIBody::genp;
    case PKIBody::certConf:
    case PKIBody::error:
      return answer == PKIBody::pkiconf;
    default:
      return false;
  }
}

/// The type of a request by its name.
PKIBody::Type type_named(std::string_view name) {
  for (const auto type : {PKIBody::ir, PKIBody::cr, PKIBody::kur, PKIBody::p10cr, PKIBody::rr})
    if (name_of(type) == name) return type;
  return PKIBody::genm;
}

/// Whether the certConf takes the certificate of this certReqId (C-09: one that it does not name it rejects).
bool is_accepted(const PKIBody& confirmation, std::int64_t cert_req_id) {
  const auto* statuses = confirmation.get<PKIBody::certConf>();
  if (statuses == nullptr) return false;
  return std::ranges::any_of(*statuses, [&](const asn1::CertStatus& each) {
    return each.certReqId == cert_req_id && (!each.statusInfo || each.statusInfo->status == asn1::PKIStatus::accepted);
  });
}

std::optional<Refusal> verify(bool good, const Rule& rule, std::string_view field, std::string_view detail,
                              Trail& trail) {
  if (good) {
    trail.passed(rule, field);
    return {};
  }
  trail.failed(rule, field, std::string(detail.empty() ? rule.text : detail));
  return refused(rule, field, detail);
}

}  // namespace

std::optional<Refusal> Relay::Engine::check_answer(const Transaction& transaction, const Way& way,
                                                   const PKIMessage& sent, const PKIMessage& answer,
                                                   Trail& trail) const {
  const bool is_error = answer.body.type() == PKIBody::error;
  const Tolerance& tolerance = way.peer->settings->tolerance;
  const auto excuse = [&](const Rule& rule) -> std::optional<Deviation> {
    const bool unprotected = &rule == &rules::V_30 || &rule == &rules::E_15;
    if (is_error && unprotected && tolerance.allows(Deviation::unprotected_errors))
      return Deviation::unprotected_errors;
    return {};
  };
  if (auto refusal = check_message(answer, Stage::header, trail, excuse)) return refusal;
  const auto& header = answer.header;
  const bool ours = same_octets(*header.transactionID, transaction.transaction_id);
  if (auto refusal = verify(ours, rules::H_61, "header.transactionID", {}, trail)) return refusal;

  const auto client = innermost(transaction.delayed_request, configuration_.limits);
  const auto answers = [&](const std::optional<asn1::OctetString>& nonce) {
    return header.recipNonce && nonce && same_octets(*header.recipNonce, *nonce);
  };
  const bool answers_us = answers(sent.header.senderNonce) || (client && sent.body.type() == PKIBody::pollReq &&
                                                               answers(client->header.senderNonce));  // V-21
  if (auto refusal = verify(answers_us, rules::V_20, "header.recipNonce", {}, trail)) return refusal;

  const auto asked = client && sent.body.type() == PKIBody::pollReq ? client->body.type() : sent.body.type();
  const bool polled = sent.body.type() == PKIBody::pollReq && answer.body.type() == PKIBody::pollRep;
  const auto detail =
      fmt::format("a {} came in answer to the {}", name_of(answer.body.type()), name_of(sent.body.type()));
  if (auto refusal = verify(is_error || polled || fits(answer.body.type(), asked), rules::V_51, "body", detail, trail))
    return refusal;
  if (answer.protection) {
    if (auto refusal = check_answer_protection(transaction, way, answer, trail)) return refusal;
  } else if (!excuse(rules::E_15)) {
    return verify(false, rules::E_15, "protection", "the error message is not protected: anybody may have sent it",
                  trail);
  }
  auto refusal = check_message(answer, Stage::info, trail);
  return refusal ? refusal : check_message(answer, Stage::body, trail);
}

/// P-02: of the kind of what we sent; an error may be signed where the secret was not recognised (E-13).
std::optional<Refusal> Relay::Engine::check_answer_protection(const Transaction& transaction, const Way& way,
                                                              const PKIMessage& answer, Trail& trail) const {
  const Peer& peer = *way.peer;
  const SharedSecrets* secrets = nullptr;
  if (transaction.replaced)
    secrets = peer.secret.get();
  else if (transaction.by_secret)
    secrets = configuration_.secrets;
  const bool may_be_signed = secrets == nullptr || (answer.body.type() == PKIBody::error && is_rejection(answer));
  std::vector<Bytes> known(transaction.sender_certificates.begin(), transaction.sender_certificates.end());
  known.insert(known.end(), configuration_.protection.chain.begin(), configuration_.protection.chain.end());
  const Verification verification{environment_, may_be_signed ? peer.settings->trust : nullptr,
                                  secrets,      configuration_.mac_limits,
                                  known,        peer.settings->tolerance};
  const auto sender = cmp::authenticate(answer, verification, trail);
  if (!sender) return sender.error();
  const bool by_secret = sender->requester.kind == Requester::Kind::secret;
  if (by_secret && !transaction.replaced) {  // another client's secret makes nobody the upstream
    const bool same = same_octets(sender->requester.identity, Bytes(transaction.sender).subspan(1));
    return verify(same, rules::P_02, "header.senderKID", "the answer is protected by another secret", trail);
  }
  return check_upstream_sender(*peer.settings, *sender, trail);
}

/// P-12, RFC 9483 Section 3.4: where upstream's name is known, others whom its trust anchors certify are not it.
std::optional<Refusal> Relay::Engine::check_upstream_sender(const Upstream& upstream, const Sender& sender,
                                                            Trail& trail) {
  if (upstream.sender.empty() || !sender.certificate) return {};
  const bool expected = asn1::same_name(sender.certificate->subject(), asn1::Name{upstream.sender});
  return verify(expected, rules::P_12, "header.sender",
                "the answer is signed by " + sender.certificate->name() + ", who is not the one expected", trail);
}

/// Upstream's certificates, which its later messages in this transaction may omit (P-06).
void Relay::Engine::keep_answer_certificates(const PKIMessage& answer, Transaction& transaction) {
  constexpr std::size_t most = 16;
  auto& kept = transaction.sender_certificates;
  if (!answer.extraCerts) return;
  for (const auto& certificate : *answer.extraCerts)
    if (kept.size() < most &&
        std::ranges::none_of(kept, [&](const Octets& each) { return same_octets(each, certificate.tlv); }))
      kept.push_back(copy_of(certificate.tlv));
}

/// Who began the transaction; of a certificate that was not sent along only that it was one is known.
Requester Relay::Engine::requester_of(const Transaction& transaction) const {
  Requester out;
  out.kind = transaction.by_secret ? Requester::Kind::secret : Requester::Kind::certificate;
  const Bytes key = Bytes(transaction.sender).subspan(1);
  if (transaction.by_secret) {
    out.identity = copy_of(key);
    return out;
  }
  for (const Octets& each : transaction.sender_certificates) {
    const Bytes certificate[] = {each};
    const auto digest = environment_.crypto.hash(identifier_of(Digest::sha256), certificate);
    if (!digest || !same_octets(*digest, key)) continue;
    out.identity = each;
    const auto view = CertificateView::decode(out.identity);
    if (!view) break;
    out.subject = view->subject();
    break;
  }
  return out;
}

/// Where its path leads now; empty: nowhere any more.
Octets Relay::Engine::anchor_of(const CertificateView& certificate, std::span<const Octets> others) const {
  const std::vector<asn1::CMPCertificate> pool(others.begin(), others.end());
  if (configuration_.certificate_trust == nullptr) return {};
  const auto path = configuration_.certificate_trust->validate(certificate, pool, now());
  if (!path) return {};
  const auto issuers = path->issuers();
  return copy_of(issuers.empty() ? certificate.octets() : issuers.back());
}

std::vector<StoredDevice> Relay::Engine::learn(const Transaction& transaction, const PKIMessage& sent,
                                               const PKIMessage& answer, const Meaning& meaning) const {
  if (configuration_.policy == nullptr || meaning.is_waiting) return {};
  const auto client = innermost(transaction.delayed_request, configuration_.limits);
  const PKIMessage& request = client ? *client : sent;
  Requester requester = requester_of(transaction);
  if (const auto view = CertificateView::decode(requester.identity); view && !transaction.by_secret)
    requester.anchor = anchor_of(*view, transaction.sender_certificates);
  std::vector<StoredDevice> out;
  PolicyOutcome outcome;
  outcome.type = type_named(transaction.operation);
  outcome.requester = &requester;
  outcome.transaction_id = transaction.transaction_id;
  const auto tell = [&](PolicyOutcome::Kind kind) {
    outcome.kind = kind;
    for (StoredDevice& device : configuration_.policy->learn(outcome, now())) out.push_back(std::move(device));
  };
  for (const auto& grant : meaning.granted) {
    outcome.certificate = grant.certificate;
    tell(meaning.is_confirmed ? PolicyOutcome::Kind::confirmed : PolicyOutcome::Kind::issued);
  }
  if (answer.body.type() == PKIBody::pkiconf) {
    for (const auto& grant : transaction.granted) {
      outcome.certificate = grant.certificate;
      tell(is_accepted(request.body, grant.cert_req_id) ? PolicyOutcome::Kind::confirmed
                                                        : PolicyOutcome::Kind::rejected);
    }
    return out;
  }
  if (meaning.grants) return out;
  const auto* status = status_in(answer);
  const bool rejected = status != nullptr && status->status == asn1::PKIStatus::rejection;
  if (status != nullptr && status->statusString && !status->statusString->empty())
    outcome.text = status->statusString->front().text;
  if (const auto* revocations = request.body.get<PKIBody::rr>(); revocations != nullptr && !revocations->empty())
    if (const auto& serial = revocations->front().certDetails.serialNumber) outcome.serial = serial->octets;
  if (rejected)
    tell(PolicyOutcome::Kind::refused);
  else
    tell(answer.body.type() == PKIBody::rp ? PolicyOutcome::Kind::revoked : PolicyOutcome::Kind::answered);
  return out;
}

}  // namespace cmpkit::cmp
