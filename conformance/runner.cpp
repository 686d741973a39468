#include "conformance/runner.h"

#include <fmt/format.h>

#include <algorithm>

namespace cmpkit::conformance {
namespace {

std::string_view feature_of(Base base) {
  switch (base) {
    case Base::ir:
      return feature::ir;
    case Base::cr:
      return feature::cr;
    case Base::kur:
      return feature::kur;
    case Base::p10cr:
      return feature::p10cr;
    case Base::cert_conf:
      return feature::cert_conf;
    case Base::rr:
      return feature::rr;
    case Base::genm:
      return feature::genm;
    case Base::poll_req:
      return feature::poll_req;
    case Base::error:
      return feature::error;
    case Base::approval:
    case Base::batch:
      return feature::registration_authority;
    case Base::repeat:
      break;
  }
  return {};
}

void add_features(const std::vector<Step>& steps, std::vector<std::string_view>& out) {
  for (const Step& step : steps) {
    if (const auto feature = feature_of(step.base); !feature.empty()) out.push_back(feature);
    add_features(step.inside, out);
  }
}

}  // namespace

std::vector<std::string_view> features_of(const Case& wanted) {
  return features_of(wanted.by, wanted.steps, wanted.needs);
}

std::vector<std::string_view> features_of(By by, const std::vector<Step>& steps,
                                          const std::vector<std::string_view>& needs) {
  std::vector<std::string_view> out;
  add_features(steps, out);
  if (by == By::certificate) out.push_back(feature::certificate);
  if (by == By::secret) out.push_back(feature::secret);
  out.insert(out.end(), needs.begin(), needs.end());
  return out;
}

const std::vector<Case>& all_cases() {
  static const std::vector<Case> all =
      joined({header_cases(), protection_cases(), encoding_cases(), error_cases(), enrolment_cases(), template_cases(),
              confirmation_cases(), key_update_cases(), revocation_cases(), polling_cases(), information_cases(),
              algorithm_cases(), transfer_cases(), nested_cases()});
  return all;
}

bool Results::good() const {
  return count(Verdict::failed) == 0 && std::all_of(answers.begin(), answers.end(), [](const AnswerResult& each) {
           return each.broken == 0 || !each.tolerated.empty();
         });
}

void Results::add(const std::vector<AnswerResult>& more) {
  for (const AnswerResult& each : more) {
    const auto same = [&](const AnswerResult& known) { return known.rule == each.rule; };
    const auto known = std::find_if(answers.begin(), answers.end(), same);
    if (known == answers.end()) {
      answers.push_back(each);
      continue;
    }
    known->held += each.held;
    known->broken += each.broken;
    if (known->example.empty()) known->example = each.example;
  }
}

std::size_t Results::count(Verdict verdict) const {
  return static_cast<std::size_t>(
      std::count_if(cases.begin(), cases.end(), [&](const CaseResult& each) { return each.verdict == verdict; }));
}

Runner::Runner(const Peer& peer) : peer_(peer), credentials_(peer) {}

CaseResult Runner::run(const Case& wanted) {
  CaseResult result{std::string(wanted.name), wanted.rules, Verdict::passed, {}, {}};
  result.reason = credentials_.missing(wanted.by, features_of(wanted));
  if (!result.reason.empty()) {
    result.verdict = Verdict::skipped;
    return result;
  }
  auto own = credentials_.of(wanted.by);
  if (!own) {
    result.verdict = Verdict::failed;
    result.reason = own.error();
    return result;
  }
  Talk talk(peer_, std::move(*own), credentials_.stranger());
  play(wanted, talk, result);
  for (const Exchange* exchange : talk.exchanges())
    for (const AnswerCheck& made : rules_.check(*exchange)) tally_.add(made, wanted.name, reply_text(*exchange));
  tolerate(peer_, result);
  return result;
}

/// Up to the first step that does not go as it must.
void Runner::play(const Case& wanted, Talk& talk, CaseResult& result) {
  for (const Step& step : wanted.steps) {
    if (step.wait_before.count() > 0) peer_.wait(step.wait_before);
    for (const Spoken& spoken : talk.play(step)) {
      result.said.push_back(said_of(spoken));
      if (result.said.back().fault.empty()) continue;
      result.verdict = Verdict::failed;
      result.reason = result.said.back().fault;
      return;
    }
  }
}

Said said_of(const Spoken& spoken) {
  Said said;
  said.sent = text_of(spoken.step);
  if (!spoken.exchange) {
    said.fault = "the message could not be built: " + spoken.exchange.error();
    return said;
  }
  const Exchange& exchange = **spoken.exchange;
  said.expected = text_of(spoken.step.expectation, exchange.type);
  said.received = reply_text(exchange);
  said.fault = judge(spoken.step.expectation, exchange);
  said.request = copy_of(exchange.sent);
  said.reply = exchange.received;
  return said;
}

void tolerate(const Peer& peer, CaseResult& result) {
  const auto known = peer.tolerated.find(result.rules.front()->id);
  if (result.verdict != Verdict::failed || known == peer.tolerated.end()) return;
  result.verdict = Verdict::tolerated;
  result.reason = known->second + ": " + result.reason;
}

}  // namespace cmpkit::conformance
