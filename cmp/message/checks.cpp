#include "cmp/message/checks.h"

#include <fmt/format.h>

#include "cmp/message/fields.h"
#include "cmp/protection/mac_kind.h"
#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/inspection.h"

namespace cmpkit::cmp {

namespace {

using asn1::PKIBody;
using asn1::PKIMessage;
using asn1::PKIStatus;

constexpr std::size_t nonce_size = 16;  // 128 bits

/// What is wrong; empty where nothing is.
using Fault = std::string;

/// Body types that a check is about: bit n for the type n.
using Bodies = std::uint32_t;
constexpr Bodies only(std::initializer_list<PKIBody::Type> types) {
  Bodies out = 0;
  for (const auto type : types) out |= Bodies{1} << type;
  return out;
}
constexpr Bodies any = ~Bodies{0};
constexpr Bodies requests = only({PKIBody::ir, PKIBody::cr, PKIBody::kur});
constexpr Bodies responses = only({PKIBody::ip, PKIBody::cp, PKIBody::kup});
constexpr Bodies certification_request = only({PKIBody::p10cr});
constexpr Bodies confirmation = only({PKIBody::certConf});
constexpr Bodies revocation = only({PKIBody::rr});
constexpr Bodies question = only({PKIBody::genm});
constexpr Bodies error_message = only({PKIBody::error});
constexpr Bodies revocation_response = only({PKIBody::rp});

struct Row {
  Stage stage;
  Bodies bodies;
  const Rule& rule;
  std::string_view field;
  Fault (*fault)(const PKIMessage&);
};

// --- header
// -----------------------------------------------------------------------------------------------------------

Fault pvno(const PKIMessage& m) {
  const auto number = static_cast<std::int64_t>(m.header.pvno);
  return number == 2 || number == 3 ? Fault{} : fmt::format("pvno is {}, supported are 2 and 3", number);
}

Fault transaction_id(const PKIMessage& m) {
  return m.header.transactionID && !m.header.transactionID->empty() ? Fault{} : "there is no transactionID";
}

Fault transaction_id_size(const PKIMessage& m) {
  const auto size = m.header.transactionID.value_or(Bytes{}).size();
  return size == 0 || size == nonce_size ? Fault{} : fmt::format("transactionID has {} octets instead of 16", size);
}

Fault sender_nonce(const PKIMessage& m) {
  if (!m.header.senderNonce) return "there is no senderNonce";
  const auto size = m.header.senderNonce->size();
  return size >= nonce_size ? Fault{} : fmt::format("senderNonce has {} octets, at least 16 are needed", size);
}

Fault protected_message(const PKIMessage& m) {
  return m.protection || m.body.type() == PKIBody::error ? Fault{} : "the message has no protection";
}

Fault protection_alg(const PKIMessage& m) {
  if (m.protection.has_value() == m.header.protectionAlg.has_value()) return {};
  return m.protection ? "there is protection but no protectionAlg" : "there is protectionAlg but no protection";
}

Fault whole_octets(const PKIMessage& m) {
  return m.protection && m.protection->unused != 0 ? "the protection has unused bits" : Fault{};
}

// --- what senders must do and receivers pass over --------------------------------------------------------------------

bool has_mac(const PKIMessage& m) {
  return m.header.protectionAlg && is_mac_algorithm(m.header.protectionAlg->algorithm);
}
bool has_signature(const PKIMessage& m) { return m.header.protectionAlg && !has_mac(m); }

Fault directory_sender(const PKIMessage& m) {
  return !has_signature(m) || m.header.sender.directory_name() != nullptr ? Fault{} : "sender is no directoryName";
}

Fault mac_sender(const PKIMessage& m) {
  if (!has_mac(m) || !m.header.senderKID) return {};
  const asn1::Name* name = m.header.sender.directory_name();
  const auto cn = name != nullptr ? asn1::last_attribute(*name, asn1::id_at_commonName) : std::nullopt;
  return cn && same_octets(bytes_of(*cn), *m.header.senderKID) ? Fault{} : "the commonName in sender is not senderKID";
}

Fault mac_sender_kid(const PKIMessage& m) {
  return !has_mac(m) || m.header.senderKID ? Fault{} : "there is no senderKID to tell the secret by";
}

Fault signer_certificate(const PKIMessage& m) {
  switch (m.body.type()) {
    case PKIBody::certConf:
    case PKIBody::pkiconf:
    case PKIBody::pollReq:
    case PKIBody::pollRep:
    case PKIBody::error:
      return {};
    default:
      return !has_signature(m) || m.extraCerts ? Fault{} : "there are no extraCerts";
  }
}

bool is_request(PKIBody::Type type) {
  return type == PKIBody::ir || type == PKIBody::cr || type == PKIBody::kur || type == PKIBody::p10cr;
}
bool is_response(PKIBody::Type type) { return type == PKIBody::ip || type == PKIBody::cp || type == PKIBody::kup; }

Fault implicit_confirm(const PKIMessage& m) {
  const auto* item = find_info(m.header, asn1::id_it_implicitConfirm);
  if (item == nullptr) return {};
  if (!is_request(m.body.type()) && !is_response(m.body.type()))
    return fmt::format("implicitConfirm stands in a {}", asn1::name_of(m.body.type()));
  return item->infoValue && asn1::decode<asn1::Null>(item->infoValue->tlv) ? Fault{} : "implicitConfirm is not NULL";
}

Fault confirm_wait_time(const PKIMessage& m) {
  const auto* item = find_info(m.header, asn1::id_it_confirmWaitTime);
  if (item == nullptr) return {};
  if (!is_response(m.body.type())) return fmt::format("confirmWaitTime stands in a {}", asn1::name_of(m.body.type()));
  if (asks_implicit_confirm(m.header)) return "confirmWaitTime stands beside implicitConfirm";
  return item->infoValue && asn1::decode<asn1::GeneralizedTime>(item->infoValue->tlv) ? Fault{}
                                                                                      : "confirmWaitTime is no time";
}

Fault confirm_wait_needs_time(const PKIMessage& m) {
  return find_info(m.header, asn1::id_it_confirmWaitTime) == nullptr || m.header.messageTime
             ? Fault{}
             : "there is confirmWaitTime but no messageTime";
}

/// A name for a request that is not there has been forgotten by somebody: neither is to be guessed.
Fault profile_for_each(const PKIMessage& m) {
  const auto* messages = m.body.cert_requests();  // null: p10cr, which is one
  const std::size_t count = messages != nullptr ? messages->size() : 1;
  return profile_of(m.header, count).empty() ? Fault{} : fmt::format("certProfile has more names than {}", count);
}

Fault cert_profile(const PKIMessage& m) {
  if (find_info(m.header, asn1::id_it_certProfile) == nullptr) return {};
  if (!is_request(m.body.type()) && m.body.type() != PKIBody::genm)
    return fmt::format("certProfile stands in a {}", asn1::name_of(m.body.type()));
  return profile_of(m.header).empty() ? "certProfile names no profile" : Fault{};
}

Fault hash_alg_version(const PKIMessage& m) {
  if (m.header.pvno == asn1::Pvno::cmp2021) return {};
  for (const auto& status : *m.body.get<PKIBody::certConf>())
    if (status.hashAlg) return "hashAlg stands in a message of pvno 2";
  return {};
}

// --- certificate requests
// ---------------------------------------------------------------------------------------------

/// The first fault of the requests of an ir, cr or kur; which one is said where there are several.
template <class Check>
Fault of_requests(const PKIMessage& m, Check check) {
  const auto& messages = *m.body.cert_requests();
  for (std::size_t i = 0; i < messages.size(); ++i)
    if (Fault fault = check(messages[i]); !fault.empty())
      return messages.size() == 1 ? fault : fmt::format("request {}: {}", i, fault);
  return {};
}
template <class Check>
Fault of_templates(const PKIMessage& m, Check check) {
  return of_requests(m, [&](const asn1::CertReqMsg& request) { return check(request.certReq.certTemplate); });
}

Fault one_request(const PKIMessage& m) {
  const auto* messages = m.body.cert_requests();
  if (messages->size() != 1) return fmt::format("there are {} CertReqMsg, one is allowed", messages->size());
  const auto id = messages->front().certReq.certReqId;
  return id == 0 ? Fault{} : fmt::format("certReqId is {} instead of 0", id);
}

Fault some_request(const PKIMessage& m) { return m.body.cert_requests()->empty() ? "there is no CertReqMsg" : Fault{}; }

bool is_null_dn(const asn1::Name& name) { return name.tlv.empty() || same_octets(name.tlv, asn1::null_dn.tlv); }

bool asks_alt_name(const std::optional<asn1::Extensions>& extensions) {
  return find_extension(extensions, asn1::id_ce_subjectAltName) != nullptr;
}

Fault subject(const PKIMessage& m) {
  return of_templates(m, [](const asn1::CertTemplate& wanted) -> Fault {
    if (!wanted.subject) return "the template has no subject";
    return !is_null_dn(*wanted.subject) || asks_alt_name(wanted.extensions)
               ? Fault{}
               : "the subject is the NULL-DN and there is no subjectAltName";
  });
}

Fault omitted_fields(const PKIMessage& m) {
  return of_templates(m, [](const asn1::CertTemplate& wanted) -> Fault {
    if (wanted.version && *wanted.version != asn1::Version::v3) return "version is not 2 (v3)";
    if (wanted.serialNumber) return "serialNumber is given";
    if (wanted.signingAlg) return "signingAlg is given";
    if (wanted.issuerUID || wanted.subjectUID) return "issuerUID or subjectUID is given";
    return {};
  });
}

/// Without one, the server is asked to make it (RFC 9483 Section 4.1.6).
bool has_key(const asn1::CertTemplate& wanted) {
  return wanted.publicKey && !wanted.publicKey->subjectPublicKey.octets.empty();
}

Fault public_key(const PKIMessage& m) {
  return of_templates(m, [](const asn1::CertTemplate& wanted) -> Fault {
    if (!wanted.publicKey) return "the template has no publicKey";
    return has_key(wanted) ? Fault{} : "the publicKey of the template is empty";
  });
}

Fault central_key_generation(const PKIMessage& m) {
  return of_requests(m, [&](const asn1::CertReqMsg& request) -> Fault {
    if (has_key(request.certReq.certTemplate) || !request.popo) return {};
    return "there is popo, but no key to possess";
  });
}

Fault central_key_version(const PKIMessage& m) {
  return of_templates(m, [&](const asn1::CertTemplate& wanted) -> Fault {
    const bool asks = m.header.pvno == asn1::Pvno::cmp2021 || has_key(wanted);
    return asks ? Fault{} : "a key is asked for, but pvno is not 3";
  });
}

Fault enveloped_key_version(const PKIMessage& m) {
  if (m.header.pvno == asn1::Pvno::cmp2021) return {};
  for (const auto& response : m.body.cert_responses()->response)
    if (response.certifiedKeyPair && response.certifiedKeyPair->privateKey)
      return "a private key comes in a message of pvno 2";
  return {};
}

Fault possession_is_proved(const PKIMessage& m) {
  return of_requests(m, [](const asn1::CertReqMsg& request) {
    return request.popo || !has_key(request.certReq.certTemplate) ? Fault{} : "there is no popo";
  });
}

Fault no_ra_verified(const PKIMessage& m) {
  return of_requests(m, [](const asn1::CertReqMsg& request) {
    return !request.popo || request.popo->type() != asn1::ProofOfPossession::raVerified ? Fault{}
                                                                                        : "popo is raVerified";
  });
}

Fault no_popo_input(const PKIMessage& m) {
  return of_requests(m, [](const asn1::CertReqMsg& request) -> Fault {
    if (!request.popo) return {};
    const auto* key = std::get_if<asn1::ProofOfPossession::signature>(&request.popo->value);
    return key != nullptr && key->poposkInput ? "there is poposkInput" : Fault{};
  });
}

Fault csr_version(const PKIMessage& m) {
  const auto version = m.body.get<PKIBody::p10cr>()->certificationRequestInfo.version;
  return version == asn1::Version::v1 ? Fault{} : "the version of the certification request is not 0";
}

// --- responses
// --------------------------------------------------------------------------------------------------------

Fault status_and_fail_info(const asn1::PKIStatusInfo& info) {
  return info.failInfo && info.status != PKIStatus::rejection
             ? fmt::format("failInfo stands beside status {}", static_cast<std::int64_t>(info.status))
             : Fault{};
}

Fault fail_info(const PKIMessage& m) {
  if (const auto* error = m.body.get<PKIBody::error>()) {
    const auto status = error->pKIStatusInfo.status;
    if (status != PKIStatus::rejection && status != PKIStatus::waiting)
      return fmt::format("the status of the error is {}", static_cast<std::int64_t>(status));
    return status_and_fail_info(error->pKIStatusInfo);
  }
  if (const auto* revoked = m.body.get<PKIBody::rp>()) {
    for (const auto& status : revoked->status)
      if (Fault fault = status_and_fail_info(status); !fault.empty()) return fault;
    return {};
  }
  for (const auto& response : m.body.cert_responses()->response)
    if (Fault fault = status_and_fail_info(response.status); !fault.empty()) return fault;
  return {};
}

bool is_granted(PKIStatus status) { return status == PKIStatus::accepted || status == PKIStatus::grantedWithMods; }

Fault one_response(const PKIMessage& m) {
  const auto* content = m.body.cert_responses();
  if (content->response.size() != 1) return fmt::format("there are {} CertResponse", content->response.size());
  const auto& response = content->response.front();
  if (response.certReqId != 0 && !(m.body.type() == PKIBody::cp && response.certReqId == -1))
    return fmt::format("certReqId is {}", response.certReqId);
  if (is_granted(response.status.status) == response.certifiedKeyPair.has_value()) return {};
  return response.certifiedKeyPair ? "a certificate comes with a status that does not grant it"
                                   : "the status grants a certificate, but there is none";
}

Fault ca_pubs(const PKIMessage& m) {
  const auto* content = m.body.cert_responses();
  if (!content->caPubs) return {};
  if (m.body.type() != PKIBody::ip) return fmt::format("caPubs stands in a {}", asn1::name_of(m.body.type()));
  const bool granted = !content->response.empty() && content->response.front().certifiedKeyPair.has_value();
  return granted ? Fault{} : "caPubs comes without a certificate";
}

Fault one_cert_status(const PKIMessage& m) {
  const auto count = m.body.get<PKIBody::certConf>()->size();
  return count == 1 ? Fault{} : fmt::format("there are {} CertStatus, one is allowed", count);
}

Fault cert_statuses(const PKIMessage& m) {
  for (const auto& status : *m.body.get<PKIBody::certConf>()) {
    if (!status.statusInfo) continue;
    if (status.statusInfo->status != PKIStatus::accepted && status.statusInfo->status != PKIStatus::rejection)
      return fmt::format("the status is {}", static_cast<std::int64_t>(status.statusInfo->status));
    if (Fault fault = status_and_fail_info(*status.statusInfo); !fault.empty()) return fault;
  }
  return {};
}

// --- the other operations
// ---------------------------------------------------------------------------------------------

Fault one_revocation(const PKIMessage& m) {
  const auto count = m.body.get<PKIBody::rr>()->size();
  return count == 1 ? Fault{} : fmt::format("there are {} RevDetails, one is allowed", count);
}

/// An empty genm asks for whatever there is (RFC 9810 Section 5.3.19).
Fault one_question(const PKIMessage& m) {
  const auto count = m.body.get<PKIBody::genm>()->size();
  return count <= 1 ? Fault{} : fmt::format("there are {} InfoTypeAndValue, one is allowed", count);
}

const Row table[] = {
    {Stage::header, any, rules::V_02, "header.pvno", pvno},
    {Stage::header, any, rules::V_03, "header.transactionID", transaction_id},
    {Stage::header, any, rules::H_60, "header.transactionID", transaction_id_size},
    {Stage::header, any, rules::V_10, "header.senderNonce", sender_nonce},
    {Stage::header, any, rules::V_30, "protection", protected_message},
    {Stage::header, any, rules::H_40, "header.protectionAlg", protection_alg},
    {Stage::header, any, rules::P_05, "protection", whole_octets},
    {Stage::advice, any, rules::H_10, "header.sender", directory_sender},
    {Stage::advice, any, rules::H_11, "header.sender", mac_sender},
    {Stage::advice, any, rules::H_51, "header.senderKID", mac_sender_kid},
    {Stage::advice, any, rules::P_06, "extraCerts", signer_certificate},
    {Stage::info, any, rules::H_30, "header.messageTime", confirm_wait_needs_time},
    {Stage::info, any, rules::H_80, "header.generalInfo", implicit_confirm},
    {Stage::info, any, rules::H_82, "header.generalInfo", confirm_wait_time},
    {Stage::info, any, rules::H_83, "header.generalInfo", cert_profile},
    {Stage::body, confirmation, rules::H_02, "header.pvno", hash_alg_version},
    {Stage::advice, responses, rules::R_13, "body.caPubs", ca_pubs},
    {Stage::advice, responses | error_message | revocation_response, rules::E_12, "body.failInfo", fail_info},
    {Stage::advice, requests, rules::R_08, "body.popo", no_ra_verified},
    {Stage::single, requests, rules::R_01, "body", one_request},
    {Stage::single, confirmation, rules::C_02, "body.certConf", one_cert_status},
    {Stage::single, revocation, rules::X_01, "body.rr", one_revocation},
    {Stage::single, question, rules::S_01, "body.genm", one_question},
    {Stage::body, requests, rules::R_01, "body", some_request},
    {Stage::body, requests | certification_request, rules::H_84, "header.generalInfo", profile_for_each},
    {Stage::body, requests, rules::R_03, "body.certTemplate", omitted_fields},
    {Stage::body, requests, rules::R_02, "body.certTemplate.subject", subject},
    {Stage::own_key, requests, rules::R_04, "body.certTemplate.publicKey", public_key},
    {Stage::body, requests, rules::G_01, "body.popo", central_key_generation},
    {Stage::pvno, requests, rules::G_01, "header.pvno", central_key_version},
    {Stage::body, requests, rules::R_06, "body.popo", possession_is_proved},
    {Stage::body, requests, rules::R_05, "body.popo.poposkInput", no_popo_input},
    {Stage::body, certification_request, rules::N_03, "body.certificationRequestInfo.version", csr_version},
    {Stage::body, responses, rules::R_11, "body.response", one_response},
    {Stage::pvno, responses, rules::H_01, "header.pvno", enveloped_key_version},
    {Stage::body, confirmation, rules::C_02, "body.certConf", cert_statuses},
};

bool applies(const Row& row, const PKIMessage& message) { return ((row.bodies >> message.body.type()) & 1U) != 0; }

std::optional<Refusal> check(const Row& row, const PKIMessage& message, Trail& trail, const Excuse& excuse = {}) {
  Fault fault = row.fault(message);
  if (fault.empty()) {
    trail.passed(row.rule, row.field);
    return {};
  }
  if (const auto deviation = excuse ? excuse(row.rule) : std::nullopt) {
    trail.tolerated(row.rule, row.field, std::move(fault), *deviation);
    return {};
  }
  Refusal refusal = refused(row.rule, row.field, fault);
  trail.failed(row.rule, row.field, std::move(fault));
  return refusal;
}

void inspect_into(const PKIMessage& message, Trail& trail) {
  for (const Row& row : table)
    if (applies(row, message) && row.stage != Stage::own_key) check(row, message, trail);
  if (const auto* nested = message.body.get<PKIBody::nested>())
    for (const PKIMessage& inner : *nested) inspect_into(inner, trail);
}

}  // namespace

std::optional<Refusal> check_message(const PKIMessage& message, Stage stage, Trail& trail, const Excuse& excuse) {
  for (const Row& row : table)
    if (row.stage == stage && applies(row, message))
      if (auto refusal = check(row, message, trail, excuse)) return refusal;
  return {};
}

std::optional<Refusal> check_rule(const PKIMessage& message, const Rule& rule, Trail& trail) {
  for (const Row& row : table)
    if (&row.rule == &rule && applies(row, message))
      if (auto refusal = check(row, message, trail)) return refusal;
  return {};
}

Trail inspect(const PKIMessage& message) {
  Trail trail;
  inspect_into(message, trail);
  return trail;
}

}  // namespace cmpkit::cmp
