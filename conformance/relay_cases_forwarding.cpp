// RFC 9483 Section 5.2: what an RA forwards, and what it does not.
#include "conformance/relay_steps.h"

namespace cmpkit::conformance {

using namespace cmp::rules;
using namespace changes;
using enum asn1::PKIFailureInfo::Bit;

namespace {

const auto online = feature::online;
const Changes explicitly{&explicit_confirmation};

/// An operation that the CA answers as it must.
RelayCase forwards(std::vector<const cmp::Rule*> rules, std::string_view name, By by, std::vector<RelayStep> steps,
                   Types forwarded) {
  return {std::move(rules), name, by, std::move(steps), {}, std::move(forwarded), 0, {online}};
}
/// An ir that the CA refuses, or answers in another way that is right.
RelayCase passes_on(std::vector<const cmp::Rule*> rules, std::string_view name, By by, const Change& answer,
                    Expectation expectation) {
  return {std::move(rules), name, by, {says(Base::ir, expectation)}, {1, {&answer}}, Types{PKIBody::ir}, 0, {online}};
}
/// The CA lets the device poll again once.
RelayCase waits(std::string_view name, By by, Base base, PKIBody::Type type) {
  const RelayStep again{{Base::poll_req, {}, poll_again()}};
  return {{&A_46, &A_60, &A_02, &H_73},
          name,
          by,
          {says(base, delayed(), explicitly), again, says(Base::poll_req, granted_by_poll()),
           says(Base::cert_conf, confirmed())},
          {},
          Types{type, PKIBody::pollReq, PKIBody::pollReq, PKIBody::certConf},
          1,
          {online, feature::poll_req}};
}

RelayCases operations() {
  const auto confirms = says(Base::cert_conf, confirmed());
  return {
      forwards({&A_02, &A_06}, "ir signed", By::certificate, {says(Base::ir, granted())}, {PKIBody::ir}),
      forwards({&A_02, &A_46}, "ir by a secret", By::secret, {says(Base::ir, granted())}, {PKIBody::ir}),
      forwards({&A_02, &A_46}, "ir signed, certConf", By::certificate,
               {says(Base::ir, granted(), explicitly), confirms}, {PKIBody::ir, PKIBody::certConf}),
      forwards({&A_46, &A_02}, "ir by a secret, certConf", By::secret,
               {says(Base::ir, granted(), explicitly), confirms}, {PKIBody::ir, PKIBody::certConf}),
      forwards(
          {&A_46}, "ir by PBMAC1, certConf", By::secret,
          {says(Base::ir, granted(), {&pbmac1, &explicit_confirmation}), says(Base::cert_conf, confirmed(), {&pbmac1})},
          {PKIBody::ir, PKIBody::certConf}),
      forwards({&A_46, &C_06}, "ir by a secret, rejected by the device", By::secret,
               {says(Base::ir, granted(), explicitly), says(Base::cert_conf, confirmed(), {&rejecting})},
               {PKIBody::ir, PKIBody::certConf}),
      forwards({&A_02}, "cr signed", By::certificate, {says(Base::cr, granted())}, {PKIBody::cr}),
      forwards({&A_46}, "cr by a secret", By::secret, {says(Base::cr, granted())}, {PKIBody::cr}),
      forwards({&A_02, &A_43}, "p10cr signed, certConf", By::certificate,
               {says(Base::p10cr, granted(), explicitly), confirms}, {PKIBody::p10cr, PKIBody::certConf}),
      forwards({&A_46}, "p10cr by a secret", By::secret, {says(Base::p10cr, granted())}, {PKIBody::p10cr}),
      forwards({&A_41, &A_10}, "kur", By::issued, {says(Base::kur, granted())}, {PKIBody::kur}),
      forwards({&A_41}, "kur, certConf", By::issued, {says(Base::kur, granted(), explicitly), confirms},
               {PKIBody::kur, PKIBody::certConf}),
      forwards({&A_02}, "rr", By::issued, {says(Base::rr, granted())}, {PKIBody::rr}),
      forwards({&A_02, &A_24}, "genm signed", By::certificate, {says(Base::genm, granted())}, {PKIBody::genm}),
      forwards({&A_46}, "genm by a secret", By::secret, {says(Base::genm, granted())}, {PKIBody::genm}),
      waits("ir signed, polled for at the CA", By::certificate, Base::ir, PKIBody::ir),
      waits("ir by a secret, polled for at the CA", By::secret, Base::ir, PKIBody::ir),
      waits("p10cr by a secret, polled for at the CA", By::secret, Base::p10cr, PKIBody::p10cr),
  };
}

RelayCases answers() {
  return {
      passes_on({&A_02, &A_03}, "an ip that rejects, signed", By::certificate, rejection, rejected({badCertTemplate})),
      passes_on({&A_02, &A_46}, "an ip that rejects, by a secret", By::secret, rejection, rejected({badCertTemplate})),
      passes_on({&A_02}, "an error, signed", By::certificate, error_refusal, error({badRequest})),
      passes_on({&A_02, &A_46}, "an error, by a secret", By::secret, error_refusal, error({badRequest})),
      passes_on({&A_02}, "an ip that grants with modifications", By::any, with_modifications, granted()),
      passes_on({&V_53}, "an ip with an unknown item in generalInfo", By::any, unknown_info, granted()),
  };
}

/// From an RA below it, which approves or bundles.
RelayCases nested() {
  RelayStep approved{{Base::approval, {}, granted()}};
  approved.step.inside.push_back({Base::ir, {}, {}});
  RelayStep unapproved{{Base::approval, {&by_stranger}, error({signerNotTrusted, badMessageCheck})}};
  unapproved.step.inside = approved.step.inside;
  RelayCase good = forwards({&A_22, &A_02}, "ir that an RA below it approved", By::any, {approved}, {PKIBody::ir});
  RelayCase bad = forwards({&A_47, &A_21}, "ir that somebody unknown approved", By::any, {unapproved}, nothing);
  return {good, bad};
}

}  // namespace

RelayCases forwarding_cases() { return joined({operations(), answers(), nested()}); }

}  // namespace cmpkit::conformance
