#include "conformance/runner.h"

#include <fmt/format.h>

#include <algorithm>

#include "cmpkit/asn1/oids.h"
#include "conformance/stranger.h"

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
    case Base::repeat:
      break;
  }
  return {};
}

}  // namespace

std::vector<std::string_view> features_of(const Case& wanted) {
  std::vector<std::string_view> out;
  for (const Step& step : wanted.steps)
    if (const auto feature = feature_of(step.base); !feature.empty()) out.push_back(feature);
  if (wanted.by == By::certificate) out.push_back(feature::certificate);
  if (wanted.by == By::secret) out.push_back(feature::secret);
  out.insert(out.end(), wanted.needs.begin(), wanted.needs.end());
  return out;
}

const std::vector<Case>& all_cases() {
  static const std::vector<Case> all = [] {
    std::vector<Case> out;
    for (const auto& make : {header_cases, protection_cases, encoding_cases, error_cases, enrolment_cases,
                             template_cases, confirmation_cases, key_update_cases, revocation_cases, polling_cases,
                             information_cases, algorithm_cases, transfer_cases})
      for (Case& made : make()) out.push_back(std::move(made));
    return out;
  }();
  return all;
}

std::string text_of(const Step& step) {
  if (step.base == Base::repeat) return "the same again";
  std::string out(asn1::name_of(type_of(step.base)));
  for (const Change* change : step.changes)
    out += fmt::format("{} {}", change == step.changes.front() ? "" : ",", change->name);
  if (step.form != Form{})
    out += fmt::format(", by {} as {}{}{}", step.form.method, step.form.content_type,
                       step.form.path.empty() ? "" : " to ", step.form.path);
  return out;
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

Runner::Runner(const Peer& peer) : peer_(peer), stranger_(make_stranger(peer.environment)) {}

std::string Runner::missing(const Case& wanted) const {
  for (const auto feature : features_of(wanted))
    if (!peer_.has(feature)) return fmt::format("the server has no {}", feature);
  if (wanted.by == By::any && !peer_.certificate && !peer_.secret) return "there is no credential for it";
  return {};
}

tl::expected<cmp::Credential, std::string> Runner::credential(By by) {
  switch (by) {
    case By::certificate:
      return *peer_.certificate;
    case By::secret:
      return *peer_.secret;
    case By::issued:
      return enrol().map([](cmp::SignatureCredential got) { return cmp::Credential(std::move(got)); });
    case By::any:
      break;
  }
  if (peer_.certificate) return *peer_.certificate;
  return *peer_.secret;
}

/// A certificate of the server's own PKI, as By::issued needs it.
tl::expected<cmp::SignatureCredential, std::string> Runner::enrol() {
  if (peer_.issued) return *peer_.issued;
  const auto first = credential(By::any);
  if (!first) return tl::unexpected(first.error());
  Conversation conversation(peer_, *first, stranger_);
  const Base base = peer_.has(feature::ir) ? Base::ir : Base::p10cr;
  const auto asked = conversation.say(base, {});
  if (!asked) return tl::unexpected(asked.error());
  auto got = conversation.granted();
  if (!got) return tl::unexpected("there is no certificate to begin with: " + reply_text(**asked));
  const auto confirms = [](const asn1::InfoTypeAndValue& item) { return item.infoType == asn1::id_it_implicitConfirm; };
  const auto& info = (*asked)->header().generalInfo;
  if (!info || std::none_of(info->begin(), info->end(), confirms)) {
    const auto confirmed = conversation.say(Base::cert_conf, {});
    if (!confirmed) return tl::unexpected(confirmed.error());
  }
  return std::move(*got);
}

CaseResult Runner::run(const Case& wanted) {
  CaseResult result{std::string(wanted.name), wanted.rules, Verdict::passed, {}, {}};
  result.reason = missing(wanted);
  if (!result.reason.empty()) {
    result.verdict = Verdict::skipped;
    return result;
  }
  auto own = credential(wanted.by);
  if (!own) {
    result.verdict = Verdict::failed;
    result.reason = own.error();
    return result;
  }
  Conversation conversation(peer_, std::move(*own), stranger_);
  play(wanted, conversation, result);
  check_answers(conversation, wanted.name);
  const auto known = peer_.tolerated.find(wanted.rules.front()->id);
  if (result.verdict == Verdict::failed && known != peer_.tolerated.end()) {
    result.verdict = Verdict::tolerated;
    result.reason = known->second + ": " + result.reason;
  }
  return result;
}

/// Up to the first step that does not go as it must.
void Runner::play(const Case& wanted, Conversation& conversation, CaseResult& result) {
  for (const Step& step : wanted.steps) {
    if (step.wait_before.count() > 0) peer_.wait(step.wait_before);
    const auto exchange = conversation.say(step.base, step.changes, step.form);
    Said& said = result.said.emplace_back();
    said.sent = text_of(step);
    if (!exchange) {
      said.fault = "the message could not be built: " + exchange.error();
    } else {
      said.expected = text_of(step.expectation, (*exchange)->type);
      said.received = reply_text(**exchange);
      said.fault = judge(step.expectation, **exchange);
      said.request = copy_of((*exchange)->sent);
      said.reply = (*exchange)->received;
    }
    if (said.fault.empty()) continue;
    result.verdict = Verdict::failed;
    result.reason = said.fault;
    return;
  }
}

void Runner::check_answers(const Conversation& conversation, std::string_view name) {
  for (const Exchange& exchange : conversation.exchanges()) {
    for (const AnswerCheck& made : rules_.check(exchange)) {
      AnswerResult& result = answers_.try_emplace(made.rule, AnswerResult{made.rule, 0, 0, {}, {}}).first->second;
      ++(made.fault.empty() ? result.held : result.broken);
      if (!made.fault.empty() && result.example.empty())
        result.example = fmt::format("{}: {} ({})", name, made.fault, reply_text(exchange));
    }
  }
}

std::vector<AnswerResult> Runner::messages() const {
  std::vector<AnswerResult> out;
  for (const cmp::Rule* rule : cmp::all_rules()) {
    const auto found = answers_.find(rule);
    if (found == answers_.end()) continue;
    out.push_back(found->second);
    const auto known = peer_.tolerated.find(rule->id);
    if (known != peer_.tolerated.end()) out.back().tolerated = known->second;
  }
  return out;
}

}  // namespace cmpkit::conformance
