// RFC 9483 Sections 3.5, 3.6.2 and 6: answers of a CA that are none become errors, and never certificates.
#include "conformance/relay_steps.h"

namespace cmpkit::conformance {

using namespace cmp::rules;
using namespace changes;
using enum asn1::PKIFailureInfo::Bit;

namespace {

using Rules = std::vector<const cmp::Rule*>;
const std::vector<std::string_view> needed{feature::online, feature::checks};

/// The answer to an ir is none; asked again the CA gives a right one (E-14).
RelayCase bad_ip(Rules rules, std::string_view name, const Change& change, By by = By::any,
                 std::vector<std::string_view> needs = needed) {
  rules.insert(rules.end(), {&V_63, &E_11, &E_31});
  return {std::move(rules), name, by, {says(Base::ir, error({})), says(Base::repeat, granted())},
          {1, {&change}},   {},   0,  std::move(needs)};
}
/// The answer to a certConf is none.
RelayCase bad_confirmation(Rules rules, std::string_view name, const Change& change, By by = By::any) {
  rules.insert(rules.end(), {&V_63, &E_31});
  return {std::move(rules),
          name,
          by,
          {says(Base::ir, granted(), {&explicit_confirmation}), says(Base::cert_conf, error({}))},
          {2, {&change}},
          Types{PKIBody::ir, PKIBody::certConf},
          0,
          needed};
}
/// HTTP brings something else than an answer.
RelayCase no_answer(Rules rules, std::string_view name, Carriage carriage, std::string_view need = feature::online) {
  return {std::move(rules),
          name,
          By::any,
          {says(Base::ir, error({systemFailure, systemUnavail})), says(Base::repeat, granted())},
          {1, {}, carriage},
          {},
          0,
          {need}};
}

RelayCases wrong_headers() {
  return {
      bad_ip({&V_20}, "an ip with another recipNonce", other_recip_nonce),
      bad_ip({&V_20}, "an ip by a secret, with another recipNonce", other_recip_nonce, By::secret),
      bad_ip({&V_20}, "an ip without recipNonce", no_recip_nonce),
      bad_ip({&H_61}, "an ip with another transactionID", new_transaction_id),
      bad_ip({&V_03}, "an ip without transactionID", no_transaction_id),
      bad_ip({&V_10}, "an ip without senderNonce", no_sender_nonce),
      bad_ip({&V_10}, "an ip with a senderNonce of 15 octets", short_sender_nonce),
      bad_ip({&V_02}, "an ip of pvno 4", pvno_4),
      bad_ip({&V_40}, "an ip with another sender", other_sender, By::certificate,
             {feature::online, feature::checks, feature::signs}),
      bad_confirmation({&V_20}, "a pkiConf with another recipNonce", other_recip_nonce),
      bad_confirmation({&H_61}, "a pkiConf with another transactionID", new_transaction_id),
  };
}

RelayCases wrong_protection() {
  return {
      bad_ip({&V_30, &P_01}, "an ip without protection", unprotected),
      bad_ip({&V_30, &P_01}, "an ip by a secret, without protection", unprotected, By::secret),
      bad_ip({&V_34}, "an ip with a wrong signature", broken_protection, By::certificate),
      bad_ip({&V_34}, "an ip by a secret, with a wrong protection", broken_protection, By::secret),
      bad_ip({&V_34, &P_03}, "an ip that was changed after it was protected", changed_afterwards),
      bad_ip({&V_35, &V_60}, "an ip signed by somebody of an unknown PKI", by_stranger, By::certificate),
      bad_ip({&V_35, &P_02}, "an ip by a secret, signed by somebody of an unknown PKI", by_stranger, By::secret),
      bad_ip({&P_14}, "an ip signed with a certificate that does not allow signatures", without_digital_signature,
             By::certificate),
      bad_ip({&V_33, &SEC_15}, "an ip with a protectionAlg over SHA-1", sha1_protection_alg),
      bad_ip({&H_40}, "an ip with protectionAlg but no protection", no_protection_value),
      bad_confirmation({&V_30}, "a pkiConf without protection", unprotected),
      bad_confirmation({&V_34}, "a pkiConf with a wrong protection", broken_protection),
      bad_confirmation({&V_35}, "a pkiConf signed by somebody of an unknown PKI", by_stranger),
  };
}

RelayCases wrong_bodies() {
  return {
      bad_ip({&V_01}, "half an ip", cut_in_half),
      bad_ip({&V_01}, "an ip with an octet after it", one_octet_more),
      bad_ip({&V_01}, "text in place of an ip", no_der),
      bad_ip({&V_01, &V_64}, "5,000 SEQUENCEs in each other in place of an ip", deep_nesting),
      bad_ip({&V_51}, "an rp in place of an ip", answer_of_other_type),
      bad_ip({&V_51}, "a pollRep in place of an ip", answer_poll_response),
      bad_ip({&V_51}, "a request in place of an ip", body_genm),
      bad_ip({&R_11}, "an ip with two CertResponse", two_answers),
      bad_ip({&R_13}, "an ip that accepts, without a certificate", acceptance_without_certificate),
      bad_confirmation({&V_51}, "an rp in place of a pkiConf", answer_of_other_type),
      bad_confirmation({&V_51, &C_08}, "the ip again in place of a pkiConf", earlier_answer),
      {{&H_61, &V_20, &V_63, &E_31},
       "the answer to another device in place of an ip",
       By::any,
       {says(Base::ir, granted()), says(Base::ir, error({}), {}, 1)},
       {2, {&earlier_answer}},
       Types{PKIBody::ir, PKIBody::ir},
       0,
       needed},
  };
}

RelayCases without_answer() {
  return {
      no_answer({&E_31}, "a page with HTTP status 500", Carriage::html_500),
      no_answer({&E_31}, "a page with HTTP status 404", Carriage::html_404),
      no_answer({&E_31, &W_07}, "a page with HTTP status 200", Carriage::html_200),
      no_answer({&E_31}, "HTTP status 200 and nothing with it", Carriage::empty_200),
      no_answer({&E_31, &W_06}, "a redirect", Carriage::redirect),
      no_answer({&A_70, &E_30}, "a CA that says nothing", Carriage::none, feature::gives_up),
      {{&W_02, &W_07},
       "an ip with HTTP status 500",
       By::any,
       {says(Base::ir, granted())},
       {1, {}, Carriage::with_status_500},
       Types{PKIBody::ir},
       0,
       {feature::online}},
      {{&E_30, &A_02},
       "an error that says systemUnavail, and asked again an ip",
       By::any,
       {says(Base::ir, error({systemUnavail})), says(Base::repeat, granted())},
       {1, {&error_unavailable}},
       Types{PKIBody::ir, PKIBody::ir},
       0,
       {feature::online, "repeats"}},
  };
}

}  // namespace

RelayCases wrong_answer_cases() {
  return joined({wrong_headers(), wrong_protection(), wrong_bodies(), without_answer()});
}

}  // namespace cmpkit::conformance
