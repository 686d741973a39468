// Changes to certConf, rr, genm, pollReq and error, and bodies that have no place where they stand.
#pragma once

#include "cmpkit/cmp/rule.h"
#include "conformance/changes/header.h"
#include "conformance/changes/request.h"

namespace cmpkit::conformance::changes {

// --- certConf, RFC 9483 Section 4.1.1

inline asn1::CertConfirmContent& cert_conf(Draft& d) { return d.body<asn1::PKIBody::certConf>(); }
inline asn1::PKIStatusInfo& conf_status(Draft& d, asn1::PKIStatus status) {
  auto& info = cert_conf(d).front().statusInfo.emplace();
  info.status = status;
  return info;
}
inline asn1::PKIFailureInfo bit(cmp::FailInfo which) {
  asn1::PKIFailureInfo out;
  out.set(which);
  return out;
}
inline constexpr Change accepting{"that says accepted", Stage::message,
                                  [](Draft& d) { conf_status(d, asn1::PKIStatus::accepted); }};
inline constexpr Change rejecting{"that says rejection", Stage::message,
                                  [](Draft& d) { conf_status(d, asn1::PKIStatus::rejection); }};
inline constexpr Change rejecting_with_fail_info{
    "that says rejection and incorrectData", Stage::message,
    [](Draft& d) { conf_status(d, asn1::PKIStatus::rejection).failInfo = bit(asn1::PKIFailureInfo::incorrectData); }};
inline constexpr Change accepting_with_fail_info{
    "that says accepted and incorrectData", Stage::message,
    [](Draft& d) { conf_status(d, asn1::PKIStatus::accepted).failInfo = bit(asn1::PKIFailureInfo::incorrectData); }};
inline constexpr Change conf_waiting{"that says waiting", Stage::message,
                                     [](Draft& d) { conf_status(d, asn1::PKIStatus::waiting); }};
inline constexpr Change wrong_hash{"with a wrong certHash", Stage::message, [](Draft& d) {
                                     auto& hash = cert_conf(d).front().certHash;
                                     hash = d.storage.keep(changed(hash));
                                   }};
inline constexpr Change short_hash{"with half of the certHash", Stage::message, [](Draft& d) {
                                     auto& hash = cert_conf(d).front().certHash;
                                     hash = hash.first(hash.size() / 2);
                                   }};
inline constexpr Change conf_other_id{"with another certReqId", Stage::message,
                                      [](Draft& d) { cert_conf(d).front().certReqId += 7; }};
inline constexpr Change two_statuses{"with two CertStatus", Stage::message, [](Draft& d) {
                                       const asn1::CertStatus again = cert_conf(d).front();
                                       cert_conf(d).push_back(again);
                                     }};
inline constexpr Change no_status{"without CertStatus", Stage::message, [](Draft& d) { cert_conf(d).clear(); }};
inline constexpr Change hash_alg_sha1{"with hashAlg SHA-1", Stage::message, [](Draft& d) {
                                        d.header().pvno = asn1::Pvno::cmp2021;
                                        cert_conf(d).front().hashAlg = asn1::AlgorithmIdentifier{asn1::id_sha1, {}};
                                        cert_conf(d).front().certHash = first_of_some(20);
                                      }};
/// For a certificate signed with ECDSA and SHA-256 that is the hash which it would be without.
inline constexpr Change hash_alg_sha256{"with hashAlg SHA-256 and pvno 3", Stage::message, [](Draft& d) {
                                          d.header().pvno = asn1::Pvno::cmp2021;
                                          cert_conf(d).front().hashAlg = asn1::AlgorithmIdentifier{asn1::id_sha256, {}};
                                        }};
inline constexpr Change hash_alg_in_pvno_2{
    "with hashAlg SHA-256 and pvno 2", Stage::message,
    [](Draft& d) { cert_conf(d).front().hashAlg = asn1::AlgorithmIdentifier{asn1::id_sha256, {}}; }};

// --- rr, RFC 9483 Section 4.2

inline asn1::RevDetails& details(Draft& d) { return d.body<asn1::PKIBody::rr>().front(); }
inline void give_reason(Draft& d, asn1::CRLReason::Value value) {
  const asn1::CRLReason reason{{value}};
  details(d).crlEntryDetails->front().extnValue = d.keep(reason);
}
inline constexpr Change key_compromise{"for keyCompromise", Stage::message,
                                       [](Draft& d) { give_reason(d, asn1::CRLReason::keyCompromise); }};
inline constexpr Change on_hold{"for certificateHold", Stage::message,
                                [](Draft& d) { give_reason(d, asn1::CRLReason::certificateHold); }};
inline constexpr Change off_hold{"for removeFromCRL", Stage::message,
                                 [](Draft& d) { give_reason(d, asn1::CRLReason::removeFromCRL); }};
inline constexpr Change reason_7{"for the reason 7, which does not exist", Stage::message,
                                 [](Draft& d) { give_reason(d, static_cast<asn1::CRLReason::Value>(7)); }};
inline constexpr Change no_reason{"without reasonCode", Stage::message,
                                  [](Draft& d) { details(d).crlEntryDetails.reset(); }};
inline constexpr Change unknown_serial{"for a serialNumber that was never issued", Stage::message, [](Draft& d) {
                                         details(d).certDetails.serialNumber = asn1::Integer{small_number};
                                       }};
inline constexpr Change another_ca{"for a certificate of another CA", Stage::message, [](Draft& d) {
                                     details(d).certDetails.issuer =
                                         asn1::Name{d.storage.keep(asn1::parse_name("/CN=another CA").value())};
                                   }};
inline constexpr Change no_serial{"without serialNumber", Stage::message,
                                  [](Draft& d) { details(d).certDetails.serialNumber.reset(); }};
inline constexpr Change two_revocations{"with two RevDetails", Stage::message, [](Draft& d) {
                                          const asn1::RevDetails again = details(d);
                                          d.body<asn1::PKIBody::rr>().push_back(again);
                                        }};

// --- genm, RFC 9483 Section 4.3

inline void ask(Draft& d, asn1::Oid type, std::optional<asn1::Any> value = {}) {
  d.body<asn1::PKIBody::genm>().front() = {type, value};
}
inline constexpr Change ask_twice{"with two questions", Stage::message, [](Draft& d) {
                                    d.body<asn1::PKIBody::genm>().push_back({asn1::id_it_signKeyPairTypes, {}});
                                  }};
inline constexpr Change ask_nothing{"without a question", Stage::message,
                                    [](Draft& d) { d.body<asn1::PKIBody::genm>().clear(); }};
inline constexpr Change ask_unknown{"with a question that nobody knows", Stage::message,
                                    [](Draft& d) { ask(d, asn1::oid<"2.999.4">); }};
inline constexpr Change ca_certs_with_value{"for caCerts with a value", Stage::message,
                                            [](Draft& d) { ask(d, asn1::id_it_caCerts, asn1::any<"0C 01 78">); }};
inline constexpr Change ask_template{"for certReqTemplate", Stage::message,
                                     [](Draft& d) { ask(d, asn1::id_it_certReqTemplate); }};
inline constexpr Change ask_root_update{"for rootCaCert without a value", Stage::message,
                                        [](Draft& d) { ask(d, asn1::id_it_rootCaCert); }};
inline constexpr Change ask_own_root{"for rootCaCert with the root of the PKI", Stage::message,
                                     [](Draft& d) { ask(d, asn1::id_it_rootCaCert, asn1::Any{d.root}); }};
inline constexpr Change ask_current_crl{"for currentCRL", Stage::message,
                                        [](Draft& d) { ask(d, asn1::id_it_currentCRL); }};
inline constexpr Change ask_sign_key_types{"for signKeyPairTypes", Stage::message,
                                           [](Draft& d) { ask(d, asn1::id_it_signKeyPairTypes); }};
inline constexpr Change ask_enc_key_types{"for encKeyPairTypes", Stage::message,
                                          [](Draft& d) { ask(d, asn1::id_it_encKeyPairTypes); }};
inline constexpr Change ask_symmetric{"for preferredSymmAlg", Stage::message,
                                      [](Draft& d) { ask(d, asn1::id_it_preferredSymmAlg); }};
inline constexpr Change ask_key_parameters{
    "for keyPairParamReq of id-ecPublicKey", Stage::message,
    [](Draft& d) { ask(d, asn1::id_it_keyPairParamReq, asn1::any<"06 07 2A 86 48 CE 3D 02 01">); }};
inline void ask_language(Draft& d, std::initializer_list<std::string_view> tags) {
  asn1::SuppLangTagsValue value;
  for (const auto tag : tags) value.push_back({tag});
  ask(d, asn1::id_it_suppLangTags, asn1::Any{d.keep(value)});
}
inline constexpr Change ask_english{"for suppLangTags de and en", Stage::message,
                                    [](Draft& d) { ask_language(d, {"de", "en"}); }};
inline constexpr Change ask_klingon{"for suppLangTags tlh only", Stage::message,
                                    [](Draft& d) { ask_language(d, {"tlh"}); }};
/// By the issuer's name, which is the recipient's.
inline void ask_crl(Draft& d, std::optional<std::chrono::sys_seconds> newer_than) {
  asn1::CRLStatus status;
  status.source.value.emplace<asn1::CRLSource::issuer>().push_back(d.header().recipient);
  if (newer_than) status.thisUpdate = asn1::Time::of(*newer_than);
  asn1::CRLStatusListValue list;
  list.push_back(status);
  ask(d, asn1::id_it_crlStatusList, asn1::Any{d.keep(list)});
}
inline constexpr Change ask_first_crl{"for the CRL of the CA, having none", Stage::message,
                                      [](Draft& d) { ask_crl(d, {}); }};
inline constexpr Change ask_newer_crl{"for a CRL newer than tomorrow's", Stage::message,
                                      [](Draft& d) { ask_crl(d, d.environment.clock.now() + std::chrono::days{1}); }};
inline constexpr Change ask_distant_crl{
    "for the CRL at a distribution point elsewhere", Stage::message, [](Draft& d) {
      asn1::CRLStatus status;
      auto& names =
          status.source.value.emplace<asn1::CRLSource::dpn>().value.emplace<asn1::DistributionPointName::fullName>();
      names.emplace_back().value.emplace<asn1::GeneralName::uniformResourceIdentifier>().text =
          "http://127.0.0.1:9/never-fetched.crl";
      asn1::CRLStatusListValue list;
      list.push_back(status);
      ask(d, asn1::id_it_crlStatusList, asn1::Any{d.keep(list)});
    }};

// --- pollReq, RFC 9483 Section 4.4

inline constexpr Change poll_other_id{"with another certReqId", Stage::message,
                                      [](Draft& d) { d.body<asn1::PKIBody::pollReq>().front().certReqId = 7; }};

// --- bodies out of place

inline constexpr Change body_pki_conf{"whose body is a pkiConf", Stage::message,
                                      [](Draft& d) { d.message.body.set<asn1::PKIBody::pkiconf>(); }};
inline constexpr Change body_ip{"whose body is an ip", Stage::message,
                                [](Draft& d) { d.message.body.set<asn1::PKIBody::ip>(); }};
inline constexpr Change body_genp{"whose body is a genp", Stage::message, [](Draft& d) {
                                    d.message.body.set<asn1::PKIBody::genp>().push_back({asn1::id_it_caCerts, {}});
                                  }};
inline constexpr Change body_popdecr{"whose body is a popdecr", Stage::message, [](Draft& d) {
                                       d.message.body.set<asn1::PKIBody::popdecr>().push_back({small_number});
                                     }};
inline constexpr Change body_krr{"whose body is a krr", Stage::message, [](Draft& d) {
                                   const asn1::CertReqMessages requests = d.requests();
                                   d.message.body.set<asn1::PKIBody::krr>() = requests;
                                 }};
inline constexpr Change body_ccr{"whose body is a ccr", Stage::message, [](Draft& d) {
                                   const asn1::CertReqMessages requests = d.requests();
                                   d.message.body.set<asn1::PKIBody::ccr>() = requests;
                                 }};

}  // namespace cmpkit::conformance::changes
