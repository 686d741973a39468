// Changes to what a server answers.
#pragma once

#include "conformance/changes/operation.h"

namespace cmpkit::conformance::changes {

inline asn1::PKIStatusInfo& answer_status(Draft& d) { return d.response().status; }
/// P-11: beside a MAC only what grants brings certificates.
inline void bring_no_chain(Draft& d) {
  if (std::holds_alternative<cmp::SecretCredential>(d.credential)) d.more_certificates.clear();
}
inline void become_error(Draft& d, asn1::PKIStatus status, std::optional<cmp::FailInfo> fail_info = {}) {
  bring_no_chain(d);
  d.header().generalInfo.reset();
  auto& info = d.message.body.set<asn1::PKIBody::error>().pKIStatusInfo;
  info.status = status;
  if (fail_info) info.failInfo = bit(*fail_info);
}
inline void reject(Draft& d, cmp::FailInfo fail_info) {
  bring_no_chain(d);
  d.response().certifiedKeyPair.reset();
  answer_status(d).status = asn1::PKIStatus::rejection;
  answer_status(d).failInfo = bit(fail_info);
}

// status
inline constexpr Change rejection{"that rejects with badCertTemplate", Stage::message,
                                  [](Draft& d) { reject(d, asn1::PKIFailureInfo::badCertTemplate); }};
inline constexpr Change accepted_with_fail_info{"that accepts, with failInfo", Stage::message, [](Draft& d) {
                                                  answer_status(d).failInfo = bit(asn1::PKIFailureInfo::badAlg);
                                                }};
inline constexpr Change rejection_with_certificate{"that rejects, with a certificate", Stage::message, [](Draft& d) {
                                                     answer_status(d).status = asn1::PKIStatus::rejection;
                                                   }};
inline constexpr Change acceptance_without_certificate{"that accepts, without a certificate", Stage::message,
                                                       [](Draft& d) { d.response().certifiedKeyPair.reset(); }};
inline constexpr Change with_modifications{"that grants with modifications", Stage::message, [](Draft& d) {
                                             answer_status(d).status = asn1::PKIStatus::grantedWithMods;
                                           }};
inline constexpr Change waiting{"that says waiting", Stage::message, [](Draft& d) {
                                  d.response().certifiedKeyPair.reset();
                                  answer_status(d).status = asn1::PKIStatus::waiting;
                                }};
inline constexpr Change waiting_with_fail_info{"that says waiting, with failInfo", Stage::message, [](Draft& d) {
                                                 d.response().certifiedKeyPair.reset();
                                                 answer_status(d).status = asn1::PKIStatus::waiting;
                                                 answer_status(d).failInfo = bit(asn1::PKIFailureInfo::badAlg);
                                               }};

/// Instead of confirmWaitTime (H-82).
inline constexpr Change implicit_instead{"that grants implicit confirmation", Stage::message, [](Draft& d) {
                                           d.header().generalInfo.reset();
                                           d.add_info(asn1::id_it_implicitConfirm, asn1::null_value);
                                         }};

// errors
inline constexpr Change error_refusal{"that is an error with badRequest", Stage::message, [](Draft& d) {
                                        become_error(d, asn1::PKIStatus::rejection, asn1::PKIFailureInfo::badRequest);
                                      }};
/// As a CA says it that will answer later: the answer then has another senderNonce (H-70).
inline constexpr Change error_unavailable{"that is an error with systemUnavail", Stage::message, [](Draft& d) {
                                            become_error(d, asn1::PKIStatus::rejection,
                                                         asn1::PKIFailureInfo::systemUnavail);
                                            d.header().senderNonce = d.storage.keep(random_octets(d.environment));
                                          }};
inline constexpr Change error_in_use{
    "that is an error with transactionIdInUse", Stage::message,
    [](Draft& d) { become_error(d, asn1::PKIStatus::rejection, asn1::PKIFailureInfo::transactionIdInUse); }};
inline constexpr Change error_version{
    "that is an error with unsupportedVersion in pvno 1", Stage::message, [](Draft& d) {
      become_error(d, asn1::PKIStatus::rejection, asn1::PKIFailureInfo::unsupportedVersion);
      d.header().pvno = asn1::Pvno::cmp1999;
    }};
inline constexpr Change error_waiting{"that is an error with waiting", Stage::message,
                                      [](Draft& d) { become_error(d, asn1::PKIStatus::waiting); }};

// the CertResponse
inline constexpr Change answer_other_id{"with another certReqId", Stage::message,
                                        [](Draft& d) { d.response().certReqId = 7; }};
inline constexpr Change two_answers{"with two CertResponse", Stage::message, [](Draft& d) {
                                      const asn1::CertResponse again = d.response();
                                      d.responses().response.push_back(again);
                                    }};
inline constexpr Change no_answer{"without CertResponse", Stage::message,
                                  [](Draft& d) { d.responses().response.clear(); }};
inline constexpr Change strange_certificate{"with a certificate for another key", Stage::message, [](Draft& d) {
                                              d.response().certifiedKeyPair->certOrEncCert.value =
                                                  asn1::CMPCertificate{d.storage.keep_copy(d.other.chain.front())};
                                            }};
inline constexpr Change own_private_key{"with a private key", Stage::message, [](Draft& d) {
                                          asn1::EncryptedValue value;
                                          value.encValue.octets = first_of_some(16);
                                          d.response().certifiedKeyPair->privateKey.emplace().value = value;
                                        }};
inline constexpr Change strange_ca_pubs{
    "with a root in caPubs that nobody knows", Stage::message,
    [](Draft& d) { d.responses().caPubs.emplace().push_back({d.storage.keep_copy(d.other.chain.back())}); }};
inline constexpr Change own_root_as_ca_pub{"with the root that its protection rests on in caPubs", Stage::message,
                                           [](Draft& d) { d.responses().caPubs.emplace().push_back({d.root}); }};

// the body
inline constexpr Change answer_of_other_type{"whose body is an rp", Stage::message, [](Draft& d) {
                                               d.header().generalInfo.reset();
                                               d.message.body.set<asn1::PKIBody::rp>().status.emplace_back();
                                             }};
inline constexpr Change body_genm{"whose body is a genm", Stage::message, [](Draft& d) {
                                    d.header().generalInfo.reset();
                                    d.message.body.set<asn1::PKIBody::genm>().push_back({asn1::id_it_caCerts, {}});
                                  }};
/// Octet for octet.
inline constexpr Change earlier_answer{"replaced by the answer before it", Stage::octets,
                                       [](Draft& d) { d.octets = d.earlier_answer; }};
inline constexpr Change answer_poll_response{"whose body is a pollRep", Stage::message, [](Draft& d) {
                                               d.header().generalInfo.reset();
                                               d.message.body.set<asn1::PKIBody::pollRep>().push_back({0, 1, {}});
                                             }};
inline constexpr Change poll_id_7{"with another certReqId", Stage::message,
                                  [](Draft& d) { d.body<asn1::PKIBody::pollRep>().front().certReqId = 7; }};
inline constexpr Change poll_negative{"with a checkAfter of -1", Stage::message,
                                      [](Draft& d) { d.body<asn1::PKIBody::pollRep>().front().checkAfter = -1; }};
inline constexpr Change poll_for_ever{"with a checkAfter of ten years", Stage::message, [](Draft& d) {
                                        d.body<asn1::PKIBody::pollRep>().front().checkAfter = 10LL * 365 * 86400;
                                      }};
inline constexpr Change two_revocation_statuses{"with two statuses", Stage::message,
                                                [](Draft& d) { d.body<asn1::PKIBody::rp>().status.emplace_back(); }};
inline constexpr Change revocation_refused{"that rejects with badCertId", Stage::message, [](Draft& d) {
                                             auto& info = d.body<asn1::PKIBody::rp>().status.front();
                                             info.status = asn1::PKIStatus::rejection;
                                             info.failInfo = bit(asn1::PKIFailureInfo::badCertId);
                                           }};
inline constexpr Change two_items_of_information{
    "with two items", Stage::message,
    [](Draft& d) { d.body<asn1::PKIBody::genp>().push_back({asn1::id_it_signKeyPairTypes, {}}); }};
inline constexpr Change other_information{"about something else", Stage::message, [](Draft& d) {
                                            d.body<asn1::PKIBody::genp>().front().infoType = asn1::id_it_currentCRL;
                                          }};

/// A root that nobody knows, as if it followed the one asked about.
inline constexpr Change strange_successor{
    "with a successor that the old root did not certify", Stage::message, [](Draft& d) {
      asn1::RootCaKeyUpdateContent update;
      update.newWithNew = {d.storage.keep_copy(d.other.chain.back())};
      update.newWithOld = update.newWithNew;
      d.body<asn1::PKIBody::genp>().front() = {asn1::id_it_rootCaKeyUpdate, asn1::Any{d.keep(update)}};
    }};

// the nonce of the request that was delayed, in the answer to a poll (H-73)
inline constexpr Change nonce_of_delayed{"with the nonce of the request that was delayed", Stage::message,
                                         [](Draft& d) { d.header().recipNonce = d.previous_nonce; }};

}  // namespace cmpkit::conformance::changes
