// RFC 9483 Section 5.2.2: nested messages from a registration authority.
#include "conformance/case.h"
#include "conformance/changes/nesting.h"
#include "conformance/changes/operation.h"
#include "conformance/changes/protection.h"

namespace cmpkit::conformance {

using namespace cmp::rules;
using namespace changes;
using enum asn1::PKIFailureInfo::Bit;

namespace {

using Changes = std::vector<const Change*>;

Fault is_believed(const Exchange& e) {
  return (*e.reply)->protection && e.authentic ? Fault{} : "the answer is not protected by somebody we trust";
}

/// A message of a device, which an RA approves by a nested message around it.
Step approved(Step inside, Expectation expectation, Changes changes = {}) {
  Step step{Base::approval, std::move(changes), expectation};
  step.inside.push_back(std::move(inside));
  return step;
}
Step batch(std::vector<Step> inside, Expectation expectation = bundled(), Changes changes = {}) {
  Step step{Base::batch, std::move(changes), expectation};
  step.inside = std::move(inside);
  return step;
}
const Step plain_ir{Base::ir, {}, granted()};

Cases approval_cases() {
  return {
      {{&A_21, &A_22}, "ir approved by an RA", By::certificate, {approved(plain_ir, granted(is_believed))}, {}},
      {{&A_22, &P_02}, "ir by a secret, approved by an RA", By::secret, {approved(plain_ir, granted(is_believed))}, {}},
      {{&A_22}, "cr approved by an RA", By::any, {approved({Base::cr, {}, {}}, granted())}, {}},
      {{&A_22}, "p10cr approved by an RA", By::any, {approved({Base::p10cr, {}, {}}, granted())}, {}},
      {{&A_22, &A_41}, "kur approved by an RA", By::issued, {approved({Base::kur, {}, {}}, granted())}, {}},
      {{&A_22}, "rr approved by an RA", By::issued, {approved({Base::rr, {}, {}}, granted())}, {}},
      {{&A_22}, "genm approved by an RA", By::any, {approved({Base::genm, {}, {}}, granted())}, {}},
      {{&A_22, &C_01},
       "certConf after an ir that an RA approved",
       By::any,
       {approved({Base::ir, {&explicit_confirmation}, {}}, granted()), {Base::cert_conf, {}, confirmed()}},
       {}},
      {{&A_22},
       "certConf that an RA approved, too",
       By::any,
       {approved({Base::ir, {&explicit_confirmation}, {}}, granted()),
        approved({Base::cert_conf, {}, {}}, confirmed())},
       {}},
      {{&V_53},
       "ir approved, the nested message for another recipient",
       By::any,
       {approved(plain_ir, granted(), {&other_recipient})},
       {}},
      {{&A_36},
       "ir approved by two RAs",
       By::any,
       {approved(plain_ir, granted(), {&in_another})},
       {feature::nested_twice}},
      {{&A_36, &V_64},
       "ir in 21 nested messages",
       By::any,
       {approved(plain_ir, not_understood({badRequest, badDataFormat}), {&in_twenty_others})},
       {}},

      {{&V_34, &A_22},
       "ir with a wrong signature, approved",
       By::certificate,
       {approved({Base::ir, {&broken_protection}, {}}, error({badMessageCheck}))},
       {}},
      {{&V_30, &A_22},
       "ir without protection, approved",
       By::any,
       {approved({Base::ir, {&unprotected}, {}}, error({badMessageCheck}))},
       {}},
      {{&Q_01, &A_22},
       "ir with a wrong proof of possession, approved",
       By::any,
       {approved({Base::ir, {&broken_popo}, {}}, rejected({badPOP}))},
       {}},
  };
}

/// What is wrong with the nested message that approves.
Cases approver_cases() {
  return {
      {{&A_23},
       "a nested message under a MAC",
       By::any,
       {approved(plain_ir, error({wrongIntegrity}), {&by_mac})},
       {feature::secret}},
      {{&A_37, &V_30},
       "a nested message without protection",
       By::any,
       {approved(plain_ir, error({badMessageCheck}), {&unprotected})},
       {}},
      {{&A_21, &V_34},
       "a nested message with a wrong signature",
       By::any,
       {approved(plain_ir, error({badMessageCheck}), {&broken_protection})},
       {}},
      {{&A_21, &V_34},
       "a nested message that was changed after it was signed",
       By::any,
       {approved(plain_ir, error({badMessageCheck}), {&changed_afterwards})},
       {}},
      {{&A_21, &V_35},
       "a nested message by somebody of an unknown PKI",
       By::any,
       {approved(plain_ir, error({signerNotTrusted, badMessageCheck}), {&by_stranger})},
       {}},
      {{&A_21, &SEC_13},
       "a nested message by a device, which is no RA",
       By::any,
       {approved(plain_ir, error({notAuthorized}), {&by_device})},
       {feature::certificate}},
      {{&A_37, &P_06},
       "a nested message without extraCerts",
       By::any,
       {approved(plain_ir, error({signerNotTrusted, badMessageCheck}), {&no_extra_certs})},
       {}},
      {{&A_20, &A_21},
       "a nested message with the transactionID of what is in it and another senderNonce",
       By::any,
       {approved(plain_ir, error({badSenderNonce, badRequest}), {&long_sender_nonce})},
       {}},
      {{&V_40, &A_21},
       "a nested message with another sender",
       By::any,
       {approved(plain_ir, error({badMessageCheck}), {&other_sender})},
       {}},
      {{&A_37},
       "a nested message with nothing in it",
       By::any,
       {approved(plain_ir, not_understood({badDataFormat, badRequest}), {&nothing_inside})},
       {}},
      {{&V_01},
       "an octet after a nested message",
       By::any,
       {approved(plain_ir, not_understood({badDataFormat}), {&one_octet_more})},
       {}},
      {{&V_62, &A_21},
       "ir approved, after a nested message with a wrong signature",
       By::any,
       {approved(plain_ir, error({badMessageCheck}), {&broken_protection}), approved(plain_ir, granted())},
       {}},
  };
}

Cases batch_cases() {
  const Step another{Base::ir, {}, granted(is_believed)};
  return {
      {{&A_32, &A_30}, "a batch of one ir", By::certificate, {batch({another})}, {}},
      {{&A_32}, "a batch of three ir", By::certificate, {batch({another, another, another})}, {}},
      {{&A_32, &P_02}, "a batch of ir by a secret", By::secret, {batch({another, another})}, {}},
      {{&A_32},
       "a batch of ir, cr, p10cr and genm",
       By::any,
       {batch({another, {Base::cr, {}, granted()}, {Base::p10cr, {}, granted()}, {Base::genm, {}, granted()}})},
       {}},
      {{&A_32, &V_34},
       "a batch with a wrong signature in its midst",
       By::certificate,
       {batch({another, {Base::ir, {&broken_protection}, error({badMessageCheck})}, another})},
       {}},
      {{&A_32, &V_35},
       "a batch with somebody of an unknown PKI in it",
       By::certificate,
       {batch({{Base::ir, {&by_stranger}, error({signerNotTrusted, badMessageCheck})}, another})},
       {}},
      {{&A_32, &Q_01},
       "a batch with a wrong proof of possession in it",
       By::any,
       {batch({another, {Base::ir, {&broken_popo}, rejected({badPOP})}})},
       {}},
      {{&A_34, &Q_01},
       "a batch with an ir that says raVerified",
       By::any,
       {batch({{Base::ir, {&ra_verified}, refused({badPOP, notAuthorized})}, another})},
       {}},
      {{&A_34, &V_30},
       "a batch with an ir without protection",
       By::any,
       {batch({{Base::ir, {&unprotected}, error({badMessageCheck})}, another})},
       {}},
      {{&V_50, &A_32},
       "a batch that holds the same message twice",
       By::any,
       {batch({another}, bundled(), {&same_twice_inside})},
       {}},
      {{&A_30},
       "a batch of two with the transactionID of the first of them",
       By::any,
       {batch({another, another}, error({badRequest}), {&transaction_id_of_first})},
       {}},
      {{&E_20, &V_34},
       "a batch with a wrong signature",
       By::any,
       {batch({another, another}, error({badMessageCheck}), {&broken_protection})},
       {}},
      {{&E_20, &V_30, &A_37},
       "a batch without protection",
       By::any,
       {batch({another, another}, error({badMessageCheck}), {&unprotected})},
       {}},
      {{&E_20, &V_35},
       "a batch signed by somebody of an unknown PKI",
       By::any,
       {batch({another, another}, error({signerNotTrusted, badMessageCheck}), {&by_stranger})},
       {}},
      {{&E_20, &V_37},
       "a batch signed by a device, which is no RA",
       By::any,
       {batch({another, another}, error({notAuthorized}), {&by_device})},
       {feature::certificate}},
      {{&E_20, &A_23},
       "a batch under a MAC",
       By::any,
       {batch({another, another}, error({wrongIntegrity}), {&by_mac})},
       {feature::secret}},
      {{&E_20, &V_10},
       "a batch without senderNonce",
       By::any,
       {batch({another, another}, error({badSenderNonce}), {&no_sender_nonce})},
       {}},
      {{&E_20, &V_02},
       "a batch of pvno 4",
       By::any,
       {batch({another, another}, error({unsupportedVersion}), {&pvno_4})},
       {}},
  };
}

}  // namespace

Cases nested_cases() { return joined({approval_cases(), approver_cases(), batch_cases()}); }

}  // namespace cmpkit::conformance
