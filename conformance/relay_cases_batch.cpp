// RFC 9483 Sections 5.1.5 and 5.2.2.2: an RA that lets devices poll and sends batches.
#include "conformance/changes/nesting.h"
#include "conformance/relay_steps.h"

namespace cmpkit::conformance {

using namespace cmp::rules;
using namespace changes;
using enum asn1::PKIFailureInfo::Bit;

namespace {

RelayCase in_batch(std::vector<const cmp::Rule*> rules, std::string_view name, By by, std::vector<RelayStep> steps,
                   Disturbance disturbance = {}) {
  return {std::move(rules), name, by, std::move(steps), std::move(disturbance), {}, 0, {feature::batches}};
}

/// A device that asks, polls and hears this.
std::vector<RelayStep> one_device(Expectation expectation) { return {says(Base::ir, delayed()), polls(expectation)}; }

std::vector<RelayStep> three_devices() {
  std::vector<RelayStep> out;
  for (std::size_t device = 0; device < 3; ++device) out.push_back(says(Base::ir, delayed(), {}, device));
  for (std::size_t device = 0; device < 3; ++device) out.push_back(polls(granted_by_poll(), device));
  return out;
}

std::vector<RelayStep> with_confirmation() {
  return {says(Base::ir, delayed(), {&explicit_confirmation}), polls(), says(Base::cert_conf, delayed()),
          polls(confirmed())};
}

/// The second device sees to it that what the first one asked for has left when the case ends.
std::vector<RelayStep> wrong_poll(const Change& change, Expectation expectation) {
  return {says(Base::ir, delayed()), says(Base::poll_req, expectation, {&change}), says(Base::ir, delayed(), {}, 1),
          polls(granted_by_poll(), 1)};
}

}  // namespace

RelayCases relay_batch_cases() {
  return {
      in_batch({&A_60, &A_30}, "ir signed, polled for", By::certificate, one_device(granted_by_poll())),
      in_batch({&A_60, &A_46}, "ir by a secret, polled for", By::secret, one_device(granted_by_poll())),
      in_batch({&A_60, &A_30, &A_31}, "ir of three devices", By::certificate, three_devices()),
      in_batch({&A_60, &A_46, &A_30}, "ir of three devices by a secret", By::secret, three_devices()),
      in_batch({&A_60, &A_02}, "ir and certConf, both polled for", By::certificate, with_confirmation()),
      in_batch({&A_60, &A_46}, "ir and certConf by a secret, both polled for", By::secret, with_confirmation()),
      in_batch({&A_60}, "genm, polled for", By::any, {says(Base::genm, delayed()), polls()}),
      in_batch({&A_33}, "an answer to something else in place of what was asked", By::any,
               one_device(error({systemUnavail})), {1, {&other_inside}}),
      in_batch({&A_33}, "an answer that nobody asked for beside those that were", By::any,
               one_device(granted_by_poll()), {1, {&stranger_inside}}),
      in_batch({&E_21, &A_33}, "an error for the batch", By::any, one_device(error({systemUnavail, badRequest})),
               {1, {&error_refusal}}),
      in_batch({&A_60, &V_20}, "a pollReq with another recipNonce", By::any,
               wrong_poll(other_recip_nonce, error({badRecipientNonce}))),
      in_batch({&A_60, &DL_03}, "a pollReq with another certReqId", By::any,
               wrong_poll(poll_other_id, error({badRequest}))),
      in_batch({&A_60, &A_40, &V_34}, "ir with a wrong protection", By::any,
               {says(Base::ir, error({badMessageCheck}), {&broken_protection})}),
  };
}

const std::vector<RelayCase>& all_relay_cases() {
  static const std::vector<RelayCase> all =
      joined({forwarding_cases(), refusing_cases(), wrong_answer_cases(), relay_batch_cases()});
  return all;
}

std::vector<std::string_view> features_of(const RelayCase& wanted) {
  std::vector<Step> steps;
  for (const RelayStep& each : wanted.steps) steps.push_back(each.step);
  return features_of(wanted.by, steps, wanted.needs);
}

}  // namespace cmpkit::conformance
