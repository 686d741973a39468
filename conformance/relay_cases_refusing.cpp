// RFC 9483 Sections 3.5, 5.1 and 5.2.3: messages of devices that an RA does not forward.
#include "conformance/relay_steps.h"

namespace cmpkit::conformance {

using namespace cmp::rules;
using namespace changes;
using enum asn1::PKIFailureInfo::Bit;

namespace {

/// A message that is refused, and that an RA which checks what it forwards does not forward.
RelayCase refuses(std::vector<const cmp::Rule*> rules, std::string_view name, By by, RelayStep step,
                  std::string_view need = feature::checks) {
  return {std::move(rules), name, by, {std::move(step)}, {}, nothing, 0, {need}};
}
/// The same for what follows an ir.
RelayCase refuses_then(std::vector<const cmp::Rule*> rules, std::string_view name, By by, RelayStep step) {
  return {std::move(rules),
          name,
          by,
          {says(Base::ir, granted(), {&explicit_confirmation}), std::move(step)},
          {},
          Types{PKIBody::ir},
          0,
          {feature::checks, feature::online}};
}
RelayStep ir(const Change& change, Expectation expectation) { return says(Base::ir, expectation, {&change}); }

RelayCases unauthenticated() {
  const auto unknown = error({signerNotTrusted, badMessageCheck});
  const auto wrong = error({badMessageCheck});
  return {
      refuses({&V_63, &V_30, &A_40}, "ir without protection", By::any, ir(unprotected, wrong)),
      refuses({&V_63, &V_34, &A_40}, "ir with a wrong signature", By::certificate, ir(broken_protection, wrong)),
      refuses({&V_63, &V_34, &A_40}, "ir with a wrong MAC", By::secret, ir(broken_protection, wrong)),
      refuses({&V_63, &V_34, &A_40}, "ir by a wrong secret", By::secret, ir(wrong_secret, wrong)),
      refuses({&V_63, &V_32, &A_40}, "ir by a secret that nobody knows", By::secret, ir(unknown_reference, wrong)),
      refuses({&A_47, &V_35, &A_40}, "ir signed by somebody of an unknown PKI", By::certificate,
              ir(by_stranger, unknown)),
      refuses({&A_47, &V_35}, "genm signed by somebody of an unknown PKI", By::certificate,
              says(Base::genm, unknown, {&by_stranger})),
      refuses({&A_47, &V_34}, "kur with a wrong signature", By::issued, says(Base::kur, wrong, {&broken_protection})),
      refuses({&A_47, &V_34}, "rr with a wrong signature", By::issued, says(Base::rr, wrong, {&broken_protection})),
      refuses({&V_63, &V_40}, "ir with another sender", By::certificate, ir(other_sender, wrong)),
      refuses_then({&V_63, &V_34}, "certConf with a wrong protection", By::any,
                   says(Base::cert_conf, wrong, {&broken_protection})),
      refuses_then({&A_46, &V_31}, "certConf signed, where the ir was under a MAC", By::secret,
                   says(Base::cert_conf, error({wrongIntegrity}), {&by_stranger})),
      refuses_then({&V_63, &P_04}, "certConf of somebody else", By::certificate,
                   says(Base::cert_conf, error({signerNotTrusted, badMessageCheck, badRequest}), {&by_stranger})),
  };
}

RelayCases wrong_headers() {
  return {
      refuses({&V_63, &V_02}, "ir of pvno 4", By::any, ir(pvno_4, error({unsupportedVersion}))),
      refuses({&V_63, &V_03}, "ir without transactionID", By::any, ir(no_transaction_id, error({badDataFormat}))),
      refuses({&V_63, &V_10}, "ir without senderNonce", By::any, ir(no_sender_nonce, error({badSenderNonce}))),
      refuses({&V_63, &V_10}, "ir with a senderNonce of 15 octets", By::any,
              ir(short_sender_nonce, error({badSenderNonce}))),
      refuses({&V_63, &V_01}, "half an ir", By::any, ir(cut_in_half, not_understood({badDataFormat}))),
      refuses({&V_63, &V_01}, "an octet after an ir", By::any, ir(one_octet_more, not_understood({badDataFormat}))),
      refuses({&V_63, &V_64}, "5,000 SEQUENCEs in each other", By::any,
              ir(deep_nesting, not_understood({badDataFormat}))),
      refuses({&V_63, &V_04}, "an ip from a device", By::any, ir(body_ip, error({badRequest}))),
      refuses({&V_63, &V_52}, "a certConf that nobody waits for", By::any,
              says(Base::cert_conf, error({badRequest, badMessageCheck}))),
      refuses({&V_63, &V_52}, "a pollReq that nobody waits for", By::any, says(Base::poll_req, error({badRequest}))),
      refuses_then({&V_63, &V_20}, "certConf with another recipNonce", By::any,
                   says(Base::cert_conf, error({badRecipientNonce}), {&other_recip_nonce})),
  };
}

RelayCases without_possession() {
  const auto without = rejected({badPOP});
  return {
      refuses({&A_07, &A_40}, "ir with a wrong proof of possession", By::any, ir(broken_popo, without)),
      refuses({&A_07, &A_40}, "ir with the proof of possession of another key", By::any, ir(popo_of_another, without)),
      refuses({&A_07, &A_43}, "ir whose template was changed after popo was made", By::any,
              ir(popo_of_other_content, without)),
      refuses({&A_07, &A_40}, "ir without popo", By::any, ir(no_popo, refused({badPOP, badCertTemplate}))),
      refuses({&A_44, &R_08}, "ir of a device that says raVerified", By::any,
              ir(ra_verified, refused({badPOP, notAuthorized}))),
      refuses({&A_07}, "p10cr with a wrong signature", By::any, says(Base::p10cr, without, {&csr_broken_signature})),
      refuses({&A_40, &R_07, &SEC_13}, "ir by a secret for another name than its own", By::secret,
              ir(other_subject, refused({notAuthorized})), feature::bound_subject),
      refuses({&A_47, &X_01}, "rr for a certificate of somebody else", By::issued,
              says(Base::rr, refused({notAuthorized, badCertId, badRequest}), {&unknown_serial})),
  };
}

}  // namespace

RelayCases refusing_cases() { return joined({unauthenticated(), wrong_headers(), without_possession()}); }

}  // namespace cmpkit::conformance
