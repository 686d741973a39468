// RFC 9483 Sections 3.1 and 3.5: the header.
#include "conformance/case.h"
#include "conformance/changes/operation.h"

namespace cmpkit::conformance {

using namespace cmp::rules;
using namespace changes;
using enum asn1::PKIFailureInfo::Bit;

namespace {

Fault has_pvno(const Exchange& e, asn1::Pvno pvno) {
  return e.header().pvno == pvno
             ? Fault{}
             : "pvno of the answer is " + std::to_string(static_cast<std::int64_t>(e.header().pvno));
}
Fault has_pvno_2(const Exchange& e) { return has_pvno(e, asn1::Pvno::cmp2000); }
Fault has_pvno_3(const Exchange& e) { return has_pvno(e, asn1::Pvno::cmp2021); }
Fault tells_the_time(const Exchange& e) { return e.header().messageTime ? Fault{} : "there is no messageTime"; }
Fault tells_deadline(const Exchange& e) {
  if (e.header().generalInfo)
    for (const auto& item : *e.header().generalInfo)
      if (item.infoType == asn1::id_it_confirmWaitTime) return {};
  return "there is no confirmWaitTime";
}

}  // namespace

Cases header_cases() {
  return {
      // pvno
      {{&H_07, &H_06}, "ir of pvno 2 is answered in pvno 2", By::any, {{Base::ir, {}, granted(has_pvno_2)}}, {}},
      {{&H_07, &SEC_8},
       "ir of pvno 3 is answered in pvno 3",
       By::any,
       {{Base::ir, {&pvno_3}, granted(has_pvno_3)}},
       {}},
      {{&V_02, &SEC_8}, "ir of pvno 1", By::any, {{Base::ir, {&pvno_1}, error({unsupportedVersion}, has_pvno_2)}}, {}},
      {{&V_02, &SEC_8}, "ir of pvno 4", By::any, {{Base::ir, {&pvno_4}, error({unsupportedVersion}, has_pvno_3)}}, {}},
      {{&V_02},
       "certConf of pvno 1",
       By::any,
       {{Base::ir, {&explicit_confirmation}, granted()}, {Base::cert_conf, {&pvno_1}, error({unsupportedVersion})}},
       {}},
      {{&H_08}, "ir with certProfile and pvno 2", By::any, {{Base::ir, {&unknown_profile}, {}}}, {}},

      // transactionID
      {{&V_03}, "ir without transactionID", By::any, {{Base::ir, {&no_transaction_id}, error({badDataFormat})}}, {}},
      {{&V_03},
       "certConf without transactionID",
       By::any,
       {{Base::ir, {&explicit_confirmation}, granted()},
        {Base::cert_conf, {&no_transaction_id}, error({badDataFormat})}},
       {}},
      {{&V_03},
       "genm without transactionID",
       By::any,
       {{Base::genm, {&no_transaction_id}, error({badDataFormat})}},
       {}},
      {{&V_03}, "rr without transactionID", By::issued, {{Base::rr, {&no_transaction_id}, error({badDataFormat})}}, {}},
      {{&H_60},
       "ir with a transactionID of 8 octets",
       By::any,
       {{Base::ir, {&short_transaction_id}, error({badDataFormat})}},
       {}},
      {{&V_50, &H_62, &H_65},
       "a second ir under the transactionID of a running one",
       By::any,
       {{Base::ir, {&explicit_confirmation}, granted()},
        {Base::ir, {&same_transaction_id}, error({transactionIdInUse})}},
       {}},
      {{&SEC_1, &V_50},
       "a second ir under the transactionID of a finished one",
       By::any,
       {{Base::ir, {&implicit_confirm}, granted()}, {Base::ir, {&same_transaction_id}, error({transactionIdInUse})}},
       {feature::implicit}},
      {{&V_50},
       "a genm under the transactionID of a running enrolment",
       By::any,
       {{Base::ir, {&explicit_confirmation}, granted()},
        {Base::genm, {&same_transaction_id}, error({transactionIdInUse, badRequest})}},
       {}},
      {{&SEC_1, &PRE_2},
       "the same ir again gets the same certificate",
       By::any,
       {{Base::ir, {&explicit_confirmation}, granted()}, {Base::repeat, {}, granted()}},
       {}},

      // nonces
      {{&V_10}, "ir without senderNonce", By::any, {{Base::ir, {&no_sender_nonce}, error({badSenderNonce})}}, {}},
      {{&V_10, &H_70},
       "ir with a senderNonce of 15 octets",
       By::any,
       {{Base::ir, {&short_sender_nonce}, error({badSenderNonce})}},
       {}},
      {{&V_10}, "ir with a senderNonce of 32 octets", By::any, {{Base::ir, {&long_sender_nonce}, granted()}}, {}},
      {{&V_10}, "genm without senderNonce", By::any, {{Base::genm, {&no_sender_nonce}, error({badSenderNonce})}}, {}},
      {{&V_10},
       "certConf without senderNonce",
       By::any,
       {{Base::ir, {&explicit_confirmation}, granted()},
        {Base::cert_conf, {&no_sender_nonce}, error({badSenderNonce})}},
       {}},
      {{&V_20, &H_72},
       "certConf without recipNonce",
       By::any,
       {{Base::ir, {&explicit_confirmation}, granted()},
        {Base::cert_conf, {&no_recip_nonce}, error({badRecipientNonce})}},
       {}},
      {{&V_20, &H_72},
       "certConf with another recipNonce",
       By::any,
       {{Base::ir, {&explicit_confirmation}, granted()},
        {Base::cert_conf, {&other_recip_nonce}, error({badRecipientNonce})}},
       {}},
      {{&V_22, &H_71},
       "ir with a recipNonce",
       By::any,
       {{Base::ir, {&other_recip_nonce}, error({badRecipientNonce, badRequest})}},
       {}},
      {{&V_22, &H_71},
       "genm with a recipNonce",
       By::any,
       {{Base::genm, {&other_recip_nonce}, error({badRecipientNonce, badRequest})}},
       {}},

      // messageTime
      {{&V_41}, "ir without messageTime", By::any, {{Base::ir, {&no_message_time}, granted()}}, {}},
      {{&V_41, &H_30, &SEC_1},
       "ir with a messageTime of yesterday",
       By::any,
       {{Base::ir, {&message_of_yesterday}, error({badTime})}},
       {feature::clock}},
      {{&V_41},
       "ir with a messageTime of tomorrow",
       By::any,
       {{Base::ir, {&message_of_tomorrow}, error({badTime})}},
       {feature::clock}},
      {{&H_31}, "the answer to an ir tells the time", By::any, {{Base::ir, {}, granted(tells_the_time)}}, {}},

      // recipient, sender, senderKID
      {{&H_23, &V_53, &H_20},
       "ir with the NULL-DN as recipient",
       By::any,
       {{Base::ir, {&null_recipient}, granted()}},
       {}},
      {{&H_23, &V_53, &H_21, &H_13},
       "ir with another recipient",
       By::any,
       {{Base::ir, {&other_recipient}, granted()}},
       {}},
      {{&H_22},
       "certConf with another recipient",
       By::any,
       {{Base::ir, {&explicit_confirmation}, granted()}, {Base::cert_conf, {&other_recipient}, confirmed()}},
       {}},
      {{&V_40, &H_10, &H_13},
       "ir signed, with another sender",
       By::certificate,
       {{Base::ir, {&other_sender}, error({badMessageCheck})}},
       {}},
      {{&V_40, &H_10, &H_12},
       "ir signed, with the NULL-DN as sender",
       By::certificate,
       {{Base::ir, {&null_sender}, error({badMessageCheck})}},
       {}},
      {{&H_10},
       "ir signed, with a dNSName as sender",
       By::certificate,
       {{Base::ir, {&dns_sender}, error({badMessageCheck})}},
       {}},
      {{&H_52, &H_50}, "ir signed, without senderKID", By::certificate, {{Base::ir, {&no_sender_kid}, granted()}}, {}},
      {{&V_32, &H_50, &H_53},
       "ir signed, with another senderKID",
       By::certificate,
       {{Base::ir, {&other_sender_kid}, error({badMessageCheck})}},
       {}},
      {{&V_32, &H_51, &M_02},
       "ir by a secret, with another senderKID",
       By::secret,
       {{Base::ir, {&other_sender_kid}, error({badMessageCheck})}},
       {}},
      {{&H_89, &H_53}, "ir with a recipKID", By::any, {{Base::ir, {&recip_kid}, granted()}}, {}},

      // generalInfo, freeText
      {{&H_87, &V_53}, "ir with an unknown item in generalInfo", By::any, {{Base::ir, {&unknown_info}, granted()}}, {}},
      {{&H_87},
       "certConf with an unknown item in generalInfo",
       By::any,
       {{Base::ir, {&explicit_confirmation}, granted()}, {Base::cert_conf, {&unknown_info}, confirmed()}},
       {}},
      {{&H_88, &H_89}, "ir with freeText", By::any, {{Base::ir, {&free_text}, granted()}}, {}},
      {{&H_80},
       "ir with an implicitConfirm that is a BOOLEAN",
       By::any,
       {{Base::ir, {&implicit_confirm_of_true}, refused({badRequest, badDataFormat})}},
       {}},
      {{&H_82},
       "an ip without implicit confirmation tells until when to confirm",
       By::any,
       {{Base::ir, {&explicit_confirmation}, granted(tells_deadline)}},
       {}},
      {{&H_82}, "ir with confirmWaitTime", By::any, {{Base::ir, {&confirm_wait_time}, {}}}, {}},
      {{&H_80},
       "certConf with implicitConfirm",
       By::any,
       {{Base::ir, {&explicit_confirmation}, granted()}, {Base::cert_conf, {&implicit_confirm}, {}}},
       {}},
      {{&H_83, &R_09},
       "ir with a certProfile that nobody knows",
       By::any,
       {{Base::ir, {&unknown_profile}, rejected({badCertTemplate, unacceptedPolicy, badRequest})}},
       {feature::profiles}},
      {{&H_83, &H_84},
       "ir with two names in certProfile",
       By::any,
       {{Base::ir, {&two_profiles}, refused({badRequest, badCertTemplate, badDataFormat})}},
       {feature::profiles}},
      {{&H_84, &H_83},
       "p10cr with two names in certProfile",
       By::any,
       {{Base::p10cr, {&two_profiles}, refused({badRequest, badCertTemplate, badDataFormat})}},
       {feature::profiles}},
  };
}

}  // namespace cmpkit::conformance
