// The arrows of the client's state machine (RFC 9483 Sections 4.1 to 4.4).
#include "cmp/end_entity/machine.h"

#include <fmt/format.h>

#include <algorithm>

#include "cmp/end_entity/status.h"
#include "cmp/message/checks.h"

namespace cmpkit::cmp {

using asn1::PKIBody;
using asn1::PKIFailureInfo;
using asn1::PKIMessage;
using asn1::PKIStatus;
using client::Awaiting;
using client::Done;
using client::Exchange;
using client::Idle;
using client::Polling;
using client::Resting;

namespace {

constexpr std::chrono::seconds default_check_after{5};   // DL-12: where the server names no time
constexpr std::chrono::seconds shortest_check_after{1};  // whatever it names, so that polling is bounded in number
constexpr std::chrono::seconds longest_check_after = std::chrono::years{1};  // beyond that a number is absurd

bool is_unavailable(const Outcome& outcome) {
  return outcome.all_fail_info.has(PKIFailureInfo::systemUnavail) ||
         outcome.all_fail_info.has(PKIFailureInfo::systemFailure);
}

}  // namespace

Output Operation::Machine::start() {
  if (std::holds_alternative<Idle>(transaction_.state)) return begin();
  if (const auto* awaiting = std::get_if<Awaiting>(&transaction_.state)) {
    Output out;
    out.send = awaiting->sent;
    return out;
  }
  if (const auto* polling = std::get_if<Polling>(&transaction_.state)) return wait_until(polling->wake_at);
  if (const auto* resting = std::get_if<Resting>(&transaction_.state)) return wait_until(resting->wake_at);
  return fail(rules::V_04, "body", "the operation has ended");
}

/// The request, in a new transaction.
Output Operation::Machine::begin() {
  transaction_.pvno = task_->pvno();
  transaction_.id.clear();
  transaction_.their_nonce.clear();
  transaction_.server_certificates.clear();
  const Octets& recipient = options().recipient;
  transaction_.recipient =
      asn1::encode(asn1::GeneralName::of(recipient.empty() ? asn1::null_dn : asn1::Name{recipient}));

  asn1::Storage storage;
  const auto body = task_->request(storage);
  if (!body) return fail(rules::E_30, "body", body.error().text);
  asn1::PKIHeader header = next_header(storage);
  GeneralInfo info;
  task_->describe(info, storage);
  for (const InfoItem& item : options().general_info) add_info(info, item.oid(), item.value, storage);
  if (!info.empty()) header.generalInfo = std::move(info);
  Exchange exchange;
  exchange.request = task_->request_type();
  exchange.request_nonce = transaction_.our_nonce;
  return send(header, *body, std::move(exchange));
}

Output Operation::Machine::receive(Bytes der) {
  auto* awaiting = std::get_if<Awaiting>(&transaction_.state);
  if (awaiting == nullptr) {
    trail.failed(rules::V_04, "body", "no message is expected now");
    return start();
  }
  const auto message = asn1::decode<PKIMessage>(der, options().limits);
  if (!message) return fail(rules::V_01, "message", message.error().text());
  trail.passed(rules::V_01, "message");
  last_received = name_of(message->body.type());
  auto sender = check_received(awaiting->exchange, *message);
  if (!sender) return fail(std::move(sender.error()), &*message);
  const asn1::PKIHeader& header = message->header;
  const bool ends_it = message->body.type() == PKIBody::error && is_rejection(*message);  // what follows answers the
  if (header.senderNonce && !ends_it) transaction_.their_nonce = copy_of(*header.senderNonce);  // message before it
  transaction_.recipient = asn1::encode(header.sender);  // H-22, RFC 9483 Section 3.1
  return on_message(std::move(awaiting->exchange), {*message, *sender});
}

Output Operation::Machine::on_message(Exchange exchange, const VerifiedResponse& response) {
  const PKIMessage& message = response.message;
  const PKIBody::Type type = message.body.type();
  if (auto refusal = check_rule(message, rules::E_12, trail)) return fail(std::move(*refusal), &message);
  if (type == PKIBody::error) return on_error(std::move(exchange), response);
  if (type == PKIBody::pollRep && exchange.poll_until) return on_poll_response(std::move(exchange), message);
  if (type != (exchange.confirming ? PKIBody::pkiconf : task_->response_type()))
    return fail(rules::V_51, "body",
                fmt::format("a {} came in answer to the {}", name_of(type), name_of(exchange.request)));
  trail.passed(rules::V_51, "body");
  if (exchange.confirming) return finish(std::move(*exchange.confirming));
  return on_response(std::move(exchange), response);
}

Output Operation::Machine::on_response(Exchange exchange, const VerifiedResponse& response) {
  if (auto refusal = check_message(response.message, Stage::body, trail))
    return fail(std::move(*refusal), &response.message);
  auto verdict = task_->judge(response, environment_, trail);
  if (!verdict) return fail(std::move(verdict.error()), &response.message);
  if (auto* answered = std::get_if<Answered>(&*verdict)) {
    answered->outcome.authenticated = response.message.protection.has_value();
    tell_status(response.message, answered->outcome);
  }
  return on_verdict(std::move(exchange), std::move(*verdict));
}

Output Operation::Machine::on_verdict(Exchange exchange, Verdict verdict) {
  if (const auto* waiting = std::get_if<Delayed>(&verdict))
    return on_waiting(std::move(exchange), waiting->cert_req_id, default_check_after);
  auto& [outcome, confirmation] = std::get<Answered>(verdict);
  if (outcome.status == PKIStatus::rejection) {
    if (auto again = start_over(exchange, outcome)) return std::move(*again);
    if (auto again = rest(outcome, {})) return std::move(*again);  // its answer is decided: a new transaction
    outcome.text = "the server refused: " + outcome.server_text;
  }
  return confirmation ? confirm(std::move(outcome)) : finish(std::move(outcome));
}

/// C-01; P-04: protected as the request was.
Output Operation::Machine::confirm(Outcome outcome) {
  asn1::Storage storage;
  const auto body = task_->confirmation(outcome, environment_, storage);
  if (!body) return fail(rules::C_03, "body.certHash", body.error().text);
  if (body->get<PKIBody::certConf>()->front().hashAlg) transaction_.pvno = asn1::Pvno::cmp2021;  // H-02
  const asn1::PKIHeader header = next_header(storage);
  Exchange exchange;
  exchange.request = PKIBody::certConf;
  exchange.request_nonce = transaction_.our_nonce;
  exchange.confirming = std::move(outcome);
  return send(header, *body, std::move(exchange));
}

// --- delayed delivery, RFC 9483 Section 4.4 --------------------------------------------------------------------------

Output Operation::Machine::on_waiting(Exchange exchange, std::int64_t poll_id, std::chrono::seconds check_after) {
  const Time now = environment_.clock.now();
  if (!exchange.poll_until) exchange.poll_until = now + options().max_poll_time;
  const Time wake_at = now + std::max(check_after, shortest_check_after);
  if (check_after > longest_check_after || wake_at > *exchange.poll_until)
    return fail(rules::DL_05, "body", "the server lets us wait longer than the time allowed for polling");
  exchange.poll_id = poll_id;
  transaction_.state = Polling{std::move(exchange), wake_at};
  return wait_until(wake_at);
}

Output Operation::Machine::on_poll_response(Exchange exchange, const PKIMessage& message) {
  const auto& content = *message.body.get<PKIBody::pollRep>();
  const auto is_polled = [&](std::int64_t id) {  // D-5: servers name the p10cr by 0 or by -1
    return id == exchange.poll_id || (exchange.request == PKIBody::p10cr && id == 0);
  };
  if (content.size() != 1 || !is_polled(content.front().certReqId) || content.front().checkAfter < 0)
    return fail(rules::DL_04, "body.pollRep", {});
  trail.passed(rules::DL_04, "body.pollRep");
  const std::int64_t most = longest_check_after.count() + 1;
  const std::chrono::seconds check_after{std::min(content.front().checkAfter, most)};
  const std::int64_t poll_id = exchange.poll_id;
  return on_waiting(std::move(exchange), poll_id, check_after);
}

Output Operation::Machine::wake() {
  const Time now = environment_.clock.now();
  if (auto* polling = std::get_if<Polling>(&transaction_.state); polling != nullptr && polling->wake_at <= now)
    return poll(std::move(polling->exchange));
  if (auto* resting = std::get_if<Resting>(&transaction_.state); resting != nullptr && resting->wake_at <= now) {
    if (!resting->again) return begin();
    transaction_.state = Awaiting(std::move(*resting->again));
  }
  return start();
}

Output Operation::Machine::poll(Exchange exchange) {
  PKIBody body;
  body.set<PKIBody::pollReq>().push_back({exchange.poll_id});  // DL-03
  asn1::Storage storage;
  const asn1::PKIHeader header = next_header(storage);
  exchange.failed.reset();
  return send(header, body, std::move(exchange));
}

// --- errors and ends -------------------------------------------------------------------------------------------------

Output Operation::Machine::on_error(Exchange exchange, const VerifiedResponse& response) {
  Outcome outcome;
  outcome.authenticated = response.message.protection.has_value();
  tell_status(response.message, outcome);
  if (outcome.status == PKIStatus::waiting)  // DL-01: certReqId -1 means the whole message
    return on_waiting(std::move(exchange), -1, default_check_after);
  if (exchange.confirming && outcome.authenticated && outcome.all_fail_info.has(PKIFailureInfo::certConfirmed))
    return finish(std::move(*exchange.confirming));  // RFC 9810 Appendix F: an earlier certConf of ours arrived
  if (auto again = start_over(exchange, outcome)) return std::move(*again);
  if (auto again = send_later(exchange, outcome, response.message.header.senderNonce.value_or(Bytes{})))
    return std::move(*again);
  outcome.text = "the server answered with an error: " + outcome.server_text;
  if (exchange.confirming) {
    outcome.certificate = std::move(exchange.confirming->certificate);
    outcome.private_key = std::move(exchange.confirming->private_key);
    outcome.text = "the confirmation failed: " + outcome.text;
  }
  return finish(std::move(outcome));
}

/// E-14: the request under another transactionID.
std::optional<Output> Operation::Machine::start_over(const Exchange& exchange, const Outcome& outcome) {
  const bool in_use = outcome.all_fail_info.has(PKIFailureInfo::transactionIdInUse);
  if (!in_use || exchange.confirming || transaction_.new_ids >= options().retry.new_ids) return {};
  ++transaction_.new_ids;
  return begin();
}

/// E-14. RFC 9483 Section 3.6.4 would have a new transaction. But a server whose store failed does not know whether it
/// has granted what we asked for: to the same octets it gives the answer that it has stored, or decides now, while in a
/// new transaction our key would be in use already. And a certConf or pollReq means nothing in another transaction,
/// where the certificate would be lost. A server for which the transaction is over says so, or says again what it said:
/// then what is asked is made anew.
std::optional<Output> Operation::Machine::send_later(Exchange& exchange, const Outcome& outcome, Bytes nonce) {
  const bool said_before = exchange.failed && same_octets(*exchange.failed, nonce);
  if (said_before || (exchange.failed && !is_unavailable(outcome))) return make_anew(std::move(exchange));
  exchange.failed = copy_of(nonce);
  return rest(outcome, Awaiting{exchange, std::get<Awaiting>(transaction_.state).sent});
}

/// A pause for a server that is not available; nothing where it is, or was not often enough.
std::optional<Output> Operation::Machine::rest(const Outcome& outcome, std::optional<Awaiting> again) {
  constexpr unsigned most_doublings = 16;
  if (!is_unavailable(outcome) || transaction_.later >= options().retry.later) return {};
  const auto pause = options().retry.interval * (1U << std::min(transaction_.later, most_doublings));
  ++transaction_.later;
  const Time wake_at = environment_.clock.now() + pause;
  transaction_.state = Resting{wake_at, std::move(again)};
  return wait_until(wake_at);
}

/// The same once more, in a message that nobody has seen; the request in a new transaction.
Output Operation::Machine::make_anew(Exchange exchange) {
  if (exchange.poll_until) return poll(std::move(exchange));
  return exchange.confirming ? confirm(std::move(*exchange.confirming)) : begin();
}

Output Operation::Machine::wait_until(Time time) const {
  Output out;
  out.wake_at = time;
  out.unavailable = std::holds_alternative<Resting>(transaction_.state);
  return out;
}

Output Operation::Machine::finish(Outcome outcome) {
  transaction_.state = Done{};
  outcome.retries = transaction_.later;
  for (const Check& check : trail.checks())
    if (check.tolerated && std::ranges::find(outcome.tolerated, *check.tolerated) == outcome.tolerated.end())
      outcome.tolerated.push_back(*check.tolerated);
  Output out;
  out.done = std::move(outcome);
  return out;
}

/// E-03, V-61: the operation ends; nothing is sent. What a refusal among the answers claims is told, unbelieved.
Output Operation::Machine::fail(Refusal refusal, const PKIMessage* message) {
  Outcome outcome;
  if (message != nullptr && is_rejection(*message)) tell_status(*message, outcome);
  outcome.text = refusal.text;
  outcome.refusal = std::move(refusal);
  return finish(std::move(outcome));
}

Output Operation::Machine::fail(const Rule& rule, std::string_view field, std::string_view detail) {
  trail.failed(rule, field, std::string(detail.empty() ? rule.text : detail));
  return fail(refused(rule, field, detail));
}

}  // namespace cmpkit::cmp
