// RFC 9483 Sections 3.6 (errors), 4.3 (general messages), 4.4 (delayed delivery); states (Section 3.5).
#include "cmpkit/cmp/certificate.h"
#include "conformance/case.h"
#include "conformance/changes/operation.h"
#include "conformance/changes/protection.h"

namespace cmpkit::conformance {

using namespace cmp::rules;
using namespace changes;
using enum asn1::PKIFailureInfo::Bit;

namespace {

const asn1::GenRepContent& information(const Exchange& e) { return *e.body().get<asn1::PKIBody::genp>(); }

/// The value of the one item, which is of this type.
template <class T>
tl::expected<std::optional<T>, Fault> the_value(const Exchange& e, asn1::Oid type) {
  if (information(e).size() != 1)
    return tl::unexpected("the genp has " + std::to_string(information(e).size()) + " items");
  const auto& item = information(e).front();
  if (item.infoType != type) return tl::unexpected("the item is of type " + asn1::dotted(item.infoType));
  if (!item.infoValue) return std::optional<T>{};
  auto value = asn1::decode<T>(item.infoValue->tlv);
  if (!value) return tl::unexpected("the value cannot be read: " + value.error().text());
  return std::optional<T>(std::move(*value));
}
/// The item is of this type, and its value, if any, can be read as one.
template <class T>
Fault is_a(const Exchange& e, asn1::Oid type) {
  const auto value = the_value<T>(e, type);
  return value ? Fault{} : value.error();
}
template <class T>
Fault is_a_value(const Exchange& e, asn1::Oid type) {
  const auto value = the_value<T>(e, type);
  if (!value) return value.error();
  return *value ? Fault{} : "the value is absent";
}

Fault ca_certs(const Exchange& e) { return is_a<asn1::CaCertsValue>(e, asn1::id_it_caCerts); }
Fault root_update(const Exchange& e) {
  const auto value = the_value<asn1::RootCaKeyUpdateValue>(e, asn1::id_it_rootCaKeyUpdate);
  if (!value) return value.error();
  return !*value || (*value)->newWithOld ? Fault{} : "newWithOld is missing";
}
Fault request_template(const Exchange& e) {
  const auto value = the_value<asn1::CertReqTemplateValue>(e, asn1::id_it_certReqTemplate);
  if (!value) return value.error();
  if (!*value) return {};
  const auto& wanted = (*value)->certTemplate;
  if (wanted.publicKey) return "the template holds a publicKey";
  return wanted.serialNumber || wanted.signingAlg || wanted.issuerUID || wanted.subjectUID
             ? "the template holds serialNumber, signingAlg or a unique identifier"
             : Fault{};
}
Fault key_wishes(const Exchange& e) {
  const auto value = the_value<asn1::CertReqTemplateValue>(e, asn1::id_it_certReqTemplate);
  if (!value) return value.error();
  if (!*value || !(*value)->keySpec) return {};
  for (const auto& wish : *(*value)->keySpec)
    if (wish.type != asn1::id_regCtrl_algId && wish.type != asn1::id_regCtrl_rsaKeyLen)
      return "keySpec holds " + asn1::dotted(wish.type);
  return {};
}
Fault current_crl(const Exchange& e) { return is_a_value<asn1::CurrentCRLValue>(e, asn1::id_it_currentCRL); }
Fault a_crl(const Exchange& e) {
  const auto value = the_value<asn1::CRLsValue>(e, asn1::id_it_crls);
  if (!value) return value.error();
  return *value && (*value)->size() == 1 ? Fault{} : "there is not one CRL";
}
Fault no_crl(const Exchange& e) {
  const auto value = the_value<asn1::CRLsValue>(e, asn1::id_it_crls);
  if (!value) return value.error();
  return *value ? "a CRL comes, although it is not newer" : Fault{};
}
Fault sign_key_types(const Exchange& e) {
  return is_a_value<asn1::SignKeyPairTypesValue>(e, asn1::id_it_signKeyPairTypes);
}
Fault enc_key_types(const Exchange& e) { return is_a<asn1::EncKeyPairTypesValue>(e, asn1::id_it_encKeyPairTypes); }
Fault symmetric(const Exchange& e) { return is_a<asn1::PreferredSymmAlgValue>(e, asn1::id_it_preferredSymmAlg); }
Fault key_parameters(const Exchange& e) { return is_a<asn1::KeyPairParamRepValue>(e, asn1::id_it_keyPairParamRep); }
Fault one_language(const Exchange& e) {
  const auto value = the_value<asn1::SuppLangTagsValue>(e, asn1::id_it_suppLangTags);
  if (!value) return value.error();
  return *value && (*value)->size() == 1 ? Fault{} : "there is not one language tag";
}
Fault one_item(const Exchange& e) {
  return information(e).size() == 1 ? Fault{} : "the genp has " + std::to_string(information(e).size()) + " items";
}
Fault two_items(const Exchange& e) {
  return information(e).size() == 2 ? Fault{} : "the genp has " + std::to_string(information(e).size()) + " items";
}
/// unsupportedOIDs, or an error.
Fault does_not_know(const Exchange& e) {
  const auto* items = e.body().get<asn1::PKIBody::genp>();
  if (items == nullptr) return {};
  return !items->empty() && items->front().infoType == asn1::id_it_unsupportedOIDs ? Fault{}
                                                                                   : "unsupportedOIDs is missing";
}
Expectation unknown_question() {
  return {Expectation::Body::response_or_error, Expectation::Status::any, 0, does_not_know};
}

}  // namespace

Cases information_cases() {
  return {
      {{&S_20, &S_05, &S_01}, "genm for caCerts", By::any, {{Base::genm, {}, granted(ca_certs)}}, {"caCerts"}},
      {{&S_20, &S_04},
       "genm for caCerts, signed with a certificate of the PKI",
       By::issued,
       {{Base::genm, {}, granted(ca_certs)}},
       {"caCerts"}},
      {{&S_05, &S_03},
       "genm for caCerts with a value",
       By::any,
       {{Base::genm, {&ca_certs_with_value}, error({badRequest, badDataFormat})}},
       {"caCerts"}},
      {{&S_06, &S_11}, "genm for rootCaCert", By::any, {{Base::genm, {&ask_root_update}, answered()}}, {"rootCaCert"}},
      {{&S_06},
       "genm for rootCaCert with the root",
       By::any,
       {{Base::genm, {&ask_own_root}, granted(root_update)}},
       {"rootCaCert"}},
      {{&T_01},
       "genm for certReqTemplate",
       By::any,
       {{Base::genm, {&ask_template}, granted(request_template)}},
       {"certReqTemplate"}},
      {{&T_02},
       "the keySpec of a certReqTemplate",
       By::any,
       {{Base::genm, {&ask_template}, granted(key_wishes)}},
       {"certReqTemplate"}},
      {{&L_02},
       "genm for the CRL, having none",
       By::any,
       {{Base::genm, {&ask_first_crl}, granted(a_crl)}},
       {"crlStatusList"}},
      {{&L_02, &L_01},
       "genm for a CRL newer than tomorrow's",
       By::any,
       {{Base::genm, {&ask_newer_crl}, granted(no_crl)}},
       {"crlStatusList"}},
      {{&L_03, &SEC_12},
       "genm for the CRL at a distribution point elsewhere",
       By::any,
       {{Base::genm, {&ask_distant_crl}, answered()}},
       {"crlStatusList"}},
      {{&S_20},
       "genm for currentCRL",
       By::any,
       {{Base::genm, {&ask_current_crl}, granted(current_crl)}},
       {"currentCRL"}},
      {{&S_07},
       "genm for signKeyPairTypes",
       By::any,
       {{Base::genm, {&ask_sign_key_types}, granted(sign_key_types)}},
       {"signKeyPairTypes"}},
      {{&S_07},
       "genm for encKeyPairTypes",
       By::any,
       {{Base::genm, {&ask_enc_key_types}, granted(enc_key_types)}},
       {"encKeyPairTypes"}},
      {{&S_20},
       "genm for preferredSymmAlg",
       By::any,
       {{Base::genm, {&ask_symmetric}, granted(symmetric)}},
       {"preferredSymmAlg"}},
      {{&S_08},
       "genm for keyPairParamReq",
       By::any,
       {{Base::genm, {&ask_key_parameters}, granted(key_parameters)}},
       {"keyPairParamReq"}},
      {{&S_09},
       "genm for suppLangTags that are known",
       By::any,
       {{Base::genm, {&ask_english}, granted(one_language)}},
       {"suppLangTags"}},
      {{&S_09},
       "genm for suppLangTags of a language not spoken",
       By::any,
       {{Base::genm, {&ask_klingon}, error({})}},
       {"suppLangTags"}},
      {{&S_02, &S_04},
       "genm with a question that nobody knows",
       By::any,
       {{Base::genm, {&ask_unknown}, unknown_question()}},
       {}},
      {{&S_01}, "genm with two questions", By::any, {{Base::genm, {&ask_twice}, error({badRequest})}}, {feature::one}},
      {{&S_04},
       "genm with two questions gets two answers",
       By::any,
       {{Base::genm, {&ask_twice}, granted(two_items)}},
       {feature::several}},
      {{&S_01}, "genp has one item", By::any, {{Base::genm, {}, granted(one_item)}}, {"caCerts"}},
      {{&S_01}, "genm without a question", By::any, {{Base::genm, {&ask_nothing}, answered()}}, {}},
  };
}

Cases polling_cases() {
  const Step waiting{Base::ir, {&profile_that_delays}, delayed()};
  return {
      {{&DL_01, &DL_07}, "an ir is delayed by ip with waiting", By::any, {waiting}, {feature::delay}},
      {{&DL_01},
       "a p10cr is delayed by cp with waiting",
       By::any,
       {{Base::p10cr, {&profile_that_delays}, delayed()}},
       {feature::delay}},
      {{&DL_04}, "a poll for a delayed ir", By::any, {waiting, {Base::poll_req, {}, poll_again()}}, {feature::delay}},
      {{&DL_04, &DL_03},
       "a poll with another certReqId",
       By::any,
       {waiting, {Base::poll_req, {&poll_other_id}, error({badRequest, badCertId})}},
       {feature::delay}},
      {{&V_20, &H_72},
       "a poll with another recipNonce",
       By::any,
       {waiting, {Base::poll_req, {&other_recip_nonce}, error({badRecipientNonce})}},
       {feature::delay}},
      {{&V_30},
       "a poll without protection",
       By::any,
       {waiting, {Base::poll_req, {&unprotected}, error({badMessageCheck})}},
       {feature::delay}},
      {{&V_04},
       "certConf while the ir is delayed",
       By::any,
       {waiting, {Base::cert_conf, {}, error({badRequest})}},
       {feature::delay}},
      {{&DL_07, &R_06},
       "a wrong ir is refused, not delayed",
       By::any,
       {{Base::ir, {&profile_that_delays, &broken_popo}, rejected({badPOP})}},
       {feature::delay}},
      {{&DL_13, &DL_04},
       "a poll when the time has come gets the certificate",
       By::any,
       {waiting, {Base::poll_req, {}, poll_again()}, {Base::poll_req, {}, granted_by_poll(), std::chrono::seconds{10}}},
       {feature::delay, "delay-ends"}},
      {{&DL_10, &V_52},
       "a poll for what is not delayed",
       By::any,
       {{Base::ir, {&implicit_confirm}, granted()}, {Base::poll_req, {}, error({badRequest})}},
       {feature::implicit, feature::poll_req}},
      {{&DL_10, &V_52},
       "a poll for a transactionID that nobody used",
       By::any,
       {{Base::poll_req, {}, error({badRequest})}},
       {feature::poll_req}},
      {{&DL_10, &DL_03},
       "a poll where a certConf is due",
       By::any,
       {{Base::ir, {&explicit_confirmation}, granted()}, {Base::poll_req, {}, error({badRequest})}},
       {feature::poll_req}},
  };
}

Cases error_cases() {
  return {
      {{&E_01},
       "an error from the client after an ip",
       By::any,
       {{Base::ir, {&explicit_confirmation}, granted()}, {Base::error, {}, confirmed()}},
       {feature::error}},
      {{&V_04, &E_11}, "a pkiConf as a request", By::any, {{Base::ir, {&body_pki_conf}, error({badRequest})}}, {}},
      {{&V_04}, "an ip as a request", By::any, {{Base::ir, {&body_ip}, error({badRequest})}}, {}},
      {{&V_04}, "a genp as a request", By::any, {{Base::ir, {&body_genp}, error({badRequest})}}, {}},
      {{&V_04}, "a popdecr with nothing before it", By::any, {{Base::ir, {&body_popdecr}, error({badRequest})}}, {}},
      {{&V_04}, "a krr, which is not supported", By::any, {{Base::ir, {&body_krr}, refused({badRequest})}}, {"no-krr"}},
      {{&V_04},
       "a ccr from an end entity",
       By::any,
       {{Base::ir, {&body_ccr}, refused({badRequest, notAuthorized})}},
       {}},
      {{&E_10, &R_06},
       "what is wrong with an ir is told by an ip",
       By::any,
       {{Base::ir, {&broken_popo}, rejected({badPOP})}},
       {}},
      {{&E_10},
       "what is wrong with a p10cr is told by a cp",
       By::any,
       {{Base::p10cr, {&csr_broken_signature}, rejected({badPOP})}},
       {}},
      {{&E_10},
       "what is wrong with a kur is told by a kup",
       By::issued,
       {{Base::kur, {&broken_popo}, rejected({badPOP})}},
       {}},
      {{&E_11, &V_62},
       "what is wrong with the header of an ir is told by an error",
       By::any,
       {{Base::ir, {&short_sender_nonce}, error({badSenderNonce})}},
       {}},
      {{&E_03, &V_62},
       "a refused ir ends its transaction",
       By::any,
       {{Base::ir, {&broken_popo, &explicit_confirmation}, rejected({badPOP})},
        {Base::cert_conf, {}, error({badRequest})}},
       {}},
  };
}

}  // namespace cmpkit::conformance
