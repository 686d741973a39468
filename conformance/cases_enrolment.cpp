// RFC 9483 Sections 4.1.1, 4.1.2, 4.1.4, 4.1.5 and 5.1.1: ir, cr and p10cr; the template and proof of possession.
#include "conformance/case.h"
#include "conformance/changes/operation.h"
#include "conformance/changes/protection.h"

namespace cmpkit::conformance {

using namespace cmp::rules;
using namespace changes;
using enum asn1::PKIFailureInfo::Bit;

namespace {

const asn1::CertResponse& response_of(const Exchange& e) { return e.body().cert_responses()->response.front(); }

Fault has_cert_req_id(const Exchange& e, std::int64_t id) {
  return response_of(e).certReqId == id ? Fault{} : "certReqId is " + std::to_string(response_of(e).certReqId);
}
Fault id_is_0(const Exchange& e) { return has_cert_req_id(e, 0); }
Fault id_is_minus_1(const Exchange& e) { return has_cert_req_id(e, -1); }

bool grants_implicitly(const Exchange& e) {
  if (e.header().generalInfo)
    for (const auto& item : *e.header().generalInfo)
      if (item.infoType == asn1::id_it_implicitConfirm) return true;
  return false;
}
Fault is_implicit(const Exchange& e) {
  return grants_implicitly(e) ? Fault{} : "implicit confirmation is not granted, although it was asked for";
}
Fault is_explicit(const Exchange& e) {
  return grants_implicitly(e) ? "implicit confirmation is granted, although nobody asked for it" : Fault{};
}
Fault has_no_private_key(const Exchange& e) {
  return response_of(e).certifiedKeyPair->privateKey ? "a private key comes with it" : Fault{};
}
Fault has_no_ca_pubs(const Exchange& e) { return e.body().cert_responses()->caPubs ? "caPubs is there" : Fault{}; }

Fault two_certificates(const Exchange& e) {
  const auto& responses = e.body().cert_responses()->response;
  const bool both = responses.size() == 2 && responses[0].certifiedKeyPair && responses[1].certifiedKeyPair;
  return both && responses[0].certReqId == 0 && responses[1].certReqId == 1 ? Fault{}
                                                                            : "there are not two certificates";
}

/// R-16 from the other side: the certificate is for the key and, with status accepted, the subject asked for.
Fault is_what_was_asked(const Exchange& e) {
  const auto certificate = asn1::decode<asn1::Certificate>(granted_certificate(e.body()));
  if (!certificate) return "the certificate cannot be read: " + certificate.error().text();
  const auto& wanted = e.request->body.cert_requests()->front().certReq.certTemplate;
  const auto& got = certificate->tbsCertificate;
  if (!same_octets(asn1::encode(got.subjectPublicKeyInfo), asn1::encode(*wanted.publicKey)))
    return "the certificate is for another key";
  const bool modified = response_of(e).status.status == asn1::PKIStatus::grantedWithMods;
  return modified || asn1::same_name(got.subject, *wanted.subject)
             ? Fault{}
             : "the certificate has another subject, and the status is accepted";
}

}  // namespace

Cases enrolment_cases() {
  return {
      {{&R_20, &R_11, &R_01}, "an ir is granted, certReqId 0", By::any, {{Base::ir, {}, granted(id_is_0)}}, {}},
      {{&R_20, &Q_10, &R_05, &Q_02, &R_10},
       "the certificate is for the key and the name asked for",
       By::any,
       {{Base::ir, {}, granted(is_what_was_asked)}},
       {}},
      {{&R_12},
       "no private key comes for a key made elsewhere",
       By::any,
       {{Base::ir, {}, granted(has_no_private_key)}},
       {}},
      {{&R_20, &R_18, &R_19}, "a cr is granted", By::issued, {{Base::cr, {}, granted(id_is_0)}}, {}},
      {{&R_13, &R_15}, "a cp has no caPubs", By::issued, {{Base::cr, {}, granted(has_no_ca_pubs)}}, {}},
      {{&M_05, &M_01, &H_14}, "a cr by a secret is granted", By::secret, {{Base::cr, {}, granted(id_is_0)}}, {}},
      {{&H_81, &PRE_2},
       "implicit confirmation is granted to who asks",
       By::any,
       {{Base::ir, {&implicit_confirm}, granted(is_implicit)}},
       {feature::implicit}},
      {{&H_81},
       "implicit confirmation is not granted to who does not ask",
       By::any,
       {{Base::ir, {&explicit_confirmation}, granted(is_explicit)}},
       {}},
      {{&H_81}, "... nor in a cp", By::any, {{Base::p10cr, {&explicit_confirmation}, granted(is_explicit)}}, {}},

      {{&N_01, &N_02}, "a p10cr is granted, certReqId -1", By::any, {{Base::p10cr, {}, granted(id_is_minus_1)}}, {}},
      {{&N_02, &C_02},
       "a p10cr is confirmed, certReqId -1",
       By::any,
       {{Base::p10cr, {&explicit_confirmation}, granted(id_is_minus_1)}, {Base::cert_conf, {}, confirmed()}},
       {}},
      {{&N_02, &E_10},
       "a rejected p10cr has certReqId -1",
       By::any,
       {{Base::p10cr, {&csr_broken_signature}, rejected({badPOP}, id_is_minus_1)}},
       {}},
      {{&N_01, &R_06, &Q_01},
       "p10cr whose CSR has a wrong signature",
       By::any,
       {{Base::p10cr, {&csr_broken_signature}, rejected({badPOP})}},
       {}},
      {{&N_03},
       "p10cr with a CSR of version 1 (v2)",
       By::any,
       {{Base::p10cr, {&csr_version_2}, rejected({badCertTemplate, badDataFormat, badRequest})}},
       {}},
      {{&N_05},
       "p10cr with the NULL-DN as subject",
       By::any,
       {{Base::p10cr, {&csr_null_subject}, rejected({badCertTemplate})}},
       {feature::any_subject}},
      {{&N_05},
       "p10cr with the NULL-DN as subject and a subjectAltName",
       By::any,
       {{Base::p10cr, {&csr_null_subject_and_san}, granted()}},
       {feature::any_subject}},
      {{&R_07},
       "p10cr for another name than its own",
       By::secret,
       {{Base::p10cr, {&csr_other_subject}, refused({notAuthorized})}},
       {feature::bound_subject}},
  };
}

Cases template_cases() {
  return {
      {{&R_01, &E_10},
       "ir with two CertReqMsg",
       By::any,
       {{Base::ir, {&two_requests}, refused({badRequest, badCertTemplate})}},
       {feature::one}},
      {{&R_01},
       "ir with two CertReqMsg gets two certificates",
       By::any,
       {{Base::ir, {&two_requests}, granted(two_certificates)}},
       {feature::several}},
      {{&R_01},
       "ir with certReqId 1",
       By::any,
       {{Base::ir, {&cert_req_id_1}, refused({badRequest, badCertTemplate, badDataFormat})}},
       {feature::one}},
      {{&R_02}, "ir without subject", By::any, {{Base::ir, {&no_subject}, rejected({badCertTemplate})}}, {}},
      {{&R_02},
       "ir with the NULL-DN as subject",
       By::any,
       {{Base::ir, {&null_subject}, rejected({badCertTemplate})}},
       {}},
      {{&R_02},
       "ir with the NULL-DN as subject and a subjectAltName",
       By::any,
       {{Base::ir, {&null_subject_and_san}, granted()}},
       {feature::any_subject}},
      {{&R_07}, "ir for another name", By::any, {{Base::ir, {&other_subject}, granted()}}, {feature::any_subject}},
      {{&R_03}, "ir with version 2 (v3)", By::any, {{Base::ir, {&version_3}, granted()}}, {}},
      {{&R_03}, "ir with version 0 (v1)", By::any, {{Base::ir, {&version_1}, rejected({badCertTemplate})}}, {}},
      {{&R_03}, "ir with serialNumber", By::any, {{Base::ir, {&serial_number}, rejected({badCertTemplate})}}, {}},
      {{&R_03}, "ir with signingAlg", By::any, {{Base::ir, {&signing_alg}, rejected({badCertTemplate})}}, {}},
      {{&R_03}, "ir with issuerUID", By::any, {{Base::ir, {&issuer_uid}, rejected({badCertTemplate})}}, {}},
      {{&R_04, &G_01},
       "ir without publicKey, with popo",
       By::any,
       {{Base::ir, {&no_public_key}, refused({badCertTemplate, badPOP, badRequest})}},
       {}},
      {{&R_04, &G_01},
       "ir with an empty publicKey, with popo",
       By::any,
       {{Base::ir, {&empty_public_key}, refused({badCertTemplate, badPOP, badRequest})}},
       {}},
      {{&R_10, &R_09}, "ir with a wish for a validity", By::any, {{Base::ir, {&wish_for_validity}, granted()}}, {}},
      {{&R_09, &SEC_7},
       "ir for a CA",
       By::any,
       {{Base::ir, {&wish_for_ca}, refused({badCertTemplate, notAuthorized, unacceptedExtension})}},
       {feature::profiles}},
      {{&R_09, &SEC_7, &P_12},
       "ir for an RA",
       By::any,
       {{Base::ir, {&wish_for_ra}, refused({badCertTemplate, notAuthorized, unacceptedExtension})}},
       {feature::profiles}},
      {{&R_05, &Q_02},
       "ir for a key that signs but shall not, with popo by signature",
       By::any,
       {{Base::ir, {&wish_for_no_signing}, granted()}},
       {feature::profiles}},
      {{&R_17, &H_89}, "ir with an unknown control", By::any, {{Base::ir, {&unknown_control}, {}}}, {}},
      {{&R_17, &H_89}, "ir with unknown regInfo", By::any, {{Base::ir, {&unknown_reg_info}, {}}}, {}},
      {{&B_02},
       "ir for an Ed25519 key",
       By::any,
       {{Base::ir, {&ed25519_key, &implicit_confirm}, granted()}},
       {"ed25519"}},
      {{&B_01},
       "ir for an RSA key of 2048 bits",
       By::any,
       {{Base::ir, {&rsa_key, &implicit_confirm}, granted()}},
       {"rsa"}},
      {{&B_03, &C_04},
       "ir for an ML-DSA key",
       By::any,
       {{Base::ir, {&ml_dsa_key, &implicit_confirm}, granted()}},
       {"ml-dsa"}},

      {{&R_06, &Q_01}, "ir without popo", By::any, {{Base::ir, {&no_popo}, rejected({badPOP})}}, {}},
      {{&R_06, &Q_10},
       "ir with a popo whose signature is wrong",
       By::any,
       {{Base::ir, {&broken_popo}, rejected({badPOP})}},
       {}},
      {{&R_06, &Q_10},
       "ir whose template was changed after popo was made",
       By::any,
       {{Base::ir, {&popo_of_other_content}, rejected({badPOP})}},
       {}},
      {{&R_06, &Q_01},
       "ir with a popo by another key",
       By::any,
       {{Base::ir, {&popo_of_another}, rejected({badPOP})}},
       {}},
      {{&Q_12},
       "ir with a popo by an algorithm that does not fit the key",
       By::any,
       {{Base::ir, {&popo_wrong_algorithm}, rejected({badPOP, badAlg})}},
       {}},
      {{&R_05, &Q_11, &Q_10}, "ir with poposkInput", By::any, {{Base::ir, {&poposk_input}, rejected({badPOP})}}, {}},
      {{&R_05, &Q_02},
       "ir with a popo of keys that decrypt",
       By::any,
       {{Base::ir, {&popo_by_decryption}, rejected({badPOP, badRequest})}},
       {}},
      {{&H_03},
       "ir with a popo by key agreement and pvno 2",
       By::any,
       {{Base::ir, {&popo_by_agreement}, rejected({badPOP, badRequest})}},
       {}},
      {{&R_08, &V_37},
       "ir with raVerified",
       By::any,
       {{Base::ir, {&ra_verified}, refused({notAuthorized, badPOP})}},
       {}},
      {{&R_08}, "cr with raVerified", By::issued, {{Base::cr, {&ra_verified}, refused({notAuthorized, badPOP})}}, {}},
      {{&R_08}, "kur with raVerified", By::issued, {{Base::kur, {&ra_verified}, refused({notAuthorized, badPOP})}}, {}},
      {{&R_06},
       "cr with a popo whose signature is wrong",
       By::issued,
       {{Base::cr, {&broken_popo}, rejected({badPOP})}},
       {}},
      {{&R_06},
       "kur with a popo whose signature is wrong",
       By::issued,
       {{Base::kur, {&broken_popo}, rejected({badPOP})}},
       {}},
      {{&R_03}, "kur with serialNumber", By::issued, {{Base::kur, {&serial_number}, rejected({badCertTemplate})}}, {}},
      {{&R_01},
       "kur with two CertReqMsg",
       By::issued,
       {{Base::kur, {&two_requests}, refused({badRequest, badCertTemplate})}},
       {feature::one}},
  };
}

}  // namespace cmpkit::conformance
