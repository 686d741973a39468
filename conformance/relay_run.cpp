#include "conformance/relay_run.h"

#include <algorithm>

#include "cmp/protection/authenticate.h"
#include "cmp/protection/one_secret.h"
#include "conformance/signed_message.h"

namespace cmpkit::conformance {

using asn1::PKIBody;
using asn1::PKIMessage;

namespace {

bool same_id(const PKIMessage& a, const PKIMessage& b) {
  return a.header.transactionID && is_same(a.header.transactionID, b.header.transactionID);
}

bool same_message(const PKIMessage& a, const PKIMessage& b) {
  return same_id(a, b) && is_same(a.header.senderNonce, b.header.senderNonce);
}

/// a device's message is known by what an RA must not change. Of those that were said several times: the next one
/// after `before`, or else the last.
const Exchange* said_by(const std::vector<const Exchange*>& devices, const PKIMessage& message,
                        const Exchange* before) {
  const Exchange* out = nullptr;
  bool is_next = before == nullptr;
  for (const Exchange* each : devices) {
    const bool said = each->request != nullptr && same_message(*each->request, message);
    if (said && (is_next || out == nullptr)) out = each;
    if (said && is_next) break;
    if (each == before) is_next = true;
  }
  return out;
}

}  // namespace

RelayRun::RelayRun(const Peer& ra, std::vector<const Exchange*> devices, std::vector<UpstreamExchange> upstream)
    : ra_(ra), devices_(std::move(devices)), upstream_(upstream.begin(), upstream.end()) {
  for (const UpstreamExchange& each : upstream_) add(each);
}

void RelayRun::add(const UpstreamExchange& exchange) {
  auto message = Reply::decode(exchange.request);
  if (!message) {
    unreadable_.push_back({&cmp::rules::W_01, "what came to the CA is no PKIMessage: " + message.error().text()});
    return;
  }
  add(exchange, *messages_.emplace_back(std::move(*message)), nullptr);
}

void RelayRun::add(const UpstreamExchange& exchange, const PKIMessage& message, const PKIMessage* around) {
  if (const auto* inside = message.body.get<PKIBody::nested>()) {
    for (const PKIMessage& each : *inside) add(exchange, each, &message);
    return;
  }
  Passage& passage = passages_.emplace_back();
  passage.message = &message;
  passage.around = around;
  passage.in_batch = around != nullptr && !same_id(*around, message);
  const Exchange* earlier = nullptr;  // that led to the same message
  for (const Passage& each : passages_)
    if (&each != &passage && same_message(*each.message, message)) earlier = each.device;
  passage.device = said_by(devices_, message, earlier);
  passage.exchange = &exchange;
  passage.authentic = is_authentic(around != nullptr ? *around : message);
  if (auto answer = Reply::decode(exchange.answer))
    passage.answer = answer_to(message, &*messages_.emplace_back(std::move(*answer)));
  for (const Passage& each : passages_)
    if (&each != &passage && same_id(*each.message, message)) passage.before = &each;
}

const PKIMessage* RelayRun::answer_to(const PKIMessage& message, const PKIMessage* answer) const {
  const auto* inside = answer->body.get<PKIBody::nested>();
  if (inside == nullptr) return answer;
  const auto found = std::ranges::find_if(*inside, [&](const PKIMessage& each) { return same_id(each, message); });
  return found == inside->end() ? nullptr : &*found;
}

bool RelayRun::is_authentic(const PKIMessage& message) const {
  const auto& secret = is_mac(message.header) && !ra_.ra_secret ? ra_.secret : ra_.ra_secret;
  std::optional<cmp::OneSecret> secrets;
  if (secret) secrets.emplace(*secret);
  std::vector<Bytes> known;
  for (const Reply& each : messages_)
    if (each->extraCerts)
      for (const auto& certificate : *each->extraCerts) known.push_back(certificate.tlv);
  constexpr cmp::MacLimits limits{};
  const cmp::Verification verification{ra_.environment, ra_.requesters, secrets ? &*secrets : nullptr, limits, known};
  cmp::Trail trail;
  return message.protection && cmp::authenticate(message, verification, trail).has_value();
}

Types RelayRun::types() const {
  Types out;
  for (const Passage& each : passages_) out.push_back(each.message->body.type());
  return out;
}

}  // namespace cmpkit::conformance
