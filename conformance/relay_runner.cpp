#include "conformance/relay_runner.h"

#include <fmt/format.h>

namespace cmpkit::conformance {
namespace {

using asn1::PKIBody;

std::string text_of(const Types& types) {
  std::string out;
  for (const auto type : types) out += fmt::format("{}{}", out.empty() ? "" : ", ", asn1::name_of(type));
  return out.empty() ? "nothing" : out;
}

std::string text_of(const Disturbance& disturbance) {
  if (disturbance.answer == 0) return {};
  std::string out = fmt::format("; answer {} of the CA", disturbance.answer);
  for (const Change* change : disturbance.changes) out += fmt::format(" {}", change->name);
  if (disturbance.carriage != Carriage::as_it_is) out += fmt::format(" {}", text_of(disturbance.carriage));
  return out;
}

std::string kind_of(Bytes octets) {
  const auto message = asn1::decode<asn1::PKIMessage>(octets);
  if (!message) return "no PKIMessage";
  std::string out(asn1::name_of(message->body.type()));
  if (const auto* info = status_of(message->body)) out += " with " + status_text(*info);
  return out;
}

/// For the report.
Said said_of(const UpstreamExchange& exchange) {
  Said said;
  said.sent = fmt::format("(by the RA, to {}) {}", exchange.path, kind_of(exchange.request));
  said.received = fmt::format("(by the RA) {}", kind_of(exchange.answer));
  said.request = exchange.request;
  said.reply = exchange.answer;
  if (!exchange.trouble.empty()) said.fault = "the CA's answer could not be changed: " + exchange.trouble;
  return said;
}

}  // namespace

RelayRunner::RelayRunner(const Peer& ra, Upstream& upstream) : ra_(ra), upstream_(upstream), credentials_(ra) {}

CaseResult RelayRunner::run(const RelayCase& wanted) {
  CaseResult result{std::string("RA: ") + std::string(wanted.name), wanted.rules, Verdict::passed, {}, {}};
  const auto fail = [&](std::string reason) {
    result.verdict = Verdict::failed;
    result.reason = std::move(reason);
  };
  result.reason = credentials_.missing(wanted.by, features_of(wanted));
  if (!result.reason.empty()) {
    result.verdict = Verdict::skipped;
    return result;
  }
  upstream_.prepare({}, 0);
  const auto own = credentials_.of(wanted.by);
  if (!own) return fail(own.error()), result;
  upstream_.prepare(wanted.disturbance, wanted.polls);
  upstream_.take();
  Talks talks;
  play(wanted, *own, talks, result);
  upstream_.prepare({}, 0);
  look_upstream(wanted, talks, result);
  for (const Said& said : result.said)
    if (!said.fault.empty() && result.verdict == Verdict::passed) fail(said.fault);
  tolerate(ra_, result);
  return result;
}

/// Up to the first step that does not go as it must.
void RelayRunner::play(const RelayCase& wanted, const cmp::Credential& credential, Talks& talks, CaseResult& result) {
  for (const RelayStep& step : wanted.steps) {
    Talk& talk = talks.try_emplace(step.device, ra_, credential, credentials_.stranger()).first->second;
    result.said.push_back(conformance::said_of(play(step, talk)));
    if (result.said.size() == 1) result.said.front().sent += text_of(wanted.disturbance);
    if (!result.said.back().fault.empty()) return;
  }
}

Spoken RelayRunner::play(const RelayStep& step, Talk& talk) {
  constexpr int most_polls = 60;
  for (int polls = 1;; ++polls) {
    if (step.until_answered) ra_.wait(std::chrono::seconds{1});
    Spoken spoken = talk.play(step.step).front();
    const bool waits = spoken.exchange && (*spoken.exchange)->reply != nullptr &&
                       (*spoken.exchange)->body().type() == PKIBody::pollRep;
    if (!step.until_answered || !waits || polls == most_polls) return spoken;
  }
}

void RelayRunner::look_upstream(const RelayCase& wanted, const Talks& talks, CaseResult& result) {
  std::vector<const Exchange*> devices;
  for (const auto& [number, talk] : talks)
    for (const Exchange* each : talk.exchanges()) devices.push_back(each);
  const RelayRun run(ra_, devices, upstream_.take());
  for (const UpstreamExchange& each : run.upstream()) result.said.push_back(said_of(each));
  if (wanted.forwarded && run.types() != *wanted.forwarded) {
    Said& said = result.said.emplace_back();
    said.sent = "(by the RA, all in all)";
    said.received = text_of(run.types());
    said.expected = text_of(*wanted.forwarded);
    said.fault = fmt::format("the RA forwarded {} instead of {}", said.received, said.expected);
  }
  for (const Exchange* each : devices)
    for (const AnswerCheck& made : rules_.check(*each)) tally_.add(made, wanted.name, reply_text(*each));
  for (const AnswerCheck& made : run.check()) tally_.add(made, wanted.name);
}

}  // namespace cmpkit::conformance
