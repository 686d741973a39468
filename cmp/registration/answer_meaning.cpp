#include "cmp/registration/answer_meaning.h"

#include <algorithm>

#include "cmp/end_entity/status.h"
#include "cmp/message/fields.h"
#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/certificate.h"

namespace cmpkit::cmp {

using asn1::PKIBody;
using asn1::PKIFailureInfo;
using asn1::PKIMessage;
using asn1::PKIStatus;

namespace {

std::vector<Transaction::Grant> grants_in(const PKIMessage& answer) {
  std::vector<Transaction::Grant> out;
  const auto* content = answer.body.cert_responses();
  if (content == nullptr) return out;
  for (const auto& response : content->response) {
    if (!response.certifiedKeyPair) continue;
    if (const auto* certificate = std::get_if<asn1::CMPCertificate>(&response.certifiedKeyPair->certOrEncCert.value))
      out.push_back({response.certReqId, copy_of(certificate->tlv)});
  }
  return out;
}

bool is_unavailable(const PKIMessage& answer) {
  const auto* status = status_in(answer);
  return status != nullptr && status->failInfo &&
         (status->failInfo->has(PKIFailureInfo::systemUnavail) || status->failInfo->has(PKIFailureInfo::systemFailure));
}

bool accepts(const PKIBody& confirmation) {
  const auto* statuses = confirmation.get<PKIBody::certConf>();
  return statuses != nullptr && std::ranges::any_of(*statuses, [](const asn1::CertStatus& each) {
           return !each.statusInfo || each.statusInfo->status == PKIStatus::accepted;
         });
}

std::optional<Time> confirm_wait_time(const PKIMessage& answer) {
  const auto* item = find_info(answer.header, asn1::id_it_confirmWaitTime);
  if (item == nullptr || !item->infoValue) return {};
  const auto time = asn1::decode<asn1::GeneralizedTime>(item->infoValue->tlv);
  return time ? std::optional(time->value) : std::nullopt;
}

/// The certificate is what the template asks for, as far as it says.
bool is_as_asked(const asn1::CertTemplate& asked, const CertificateView& certificate) {
  const bool names = asked.subject && asked.subject->tlv.size() > asn1::null_dn.tlv.size();
  if (names && !asn1::same_name(*asked.subject, certificate.subject())) return false;
  if (!asked.extensions) return true;
  return std::ranges::all_of(*asked.extensions, [&](const asn1::Extension& each) {
    const auto* held = certificate.extension(each.extnID);
    return held != nullptr && same_octets(held->extnValue, each.extnValue);
  });
}

}  // namespace

bool brings_certificate(const PKIBody& answer) {
  const auto* content = answer.cert_responses();
  return content != nullptr && std::ranges::any_of(content->response, [](const asn1::CertResponse& each) {
           return each.certifiedKeyPair.has_value();
         });
}

PKIBody body_for_client(const PKIBody& answer, const PKIMessage& request, asn1::Storage& storage) {
  PKIBody out = answer;
  asn1::CertRepMessage* content = nullptr;
  if (out.type() == PKIBody::ip) content = std::get_if<PKIBody::ip>(&out.value);
  if (out.type() == PKIBody::cp) content = std::get_if<PKIBody::cp>(&out.value);
  const auto* requests = request.body.cert_requests();
  if (content == nullptr || requests == nullptr || requests->empty()) return out;
  for (auto& response : content->response) {
    if (response.status.status != PKIStatus::accepted || !response.certifiedKeyPair) continue;
    const auto* issued = std::get_if<asn1::CMPCertificate>(&response.certifiedKeyPair->certOrEncCert.value);
    const auto view = issued == nullptr ? std::nullopt : std::optional(CertificateView::decode(issued->tlv));
    if (!view || !*view || is_as_asked(requests->front().certReq.certTemplate, **view)) continue;
    response.status.status = PKIStatus::grantedWithMods;
    response.status.statusString.emplace().push_back(
        {storage.keep(std::string_view("the registration authority asked for another subject or other extensions"))});
  }
  return out;
}

Meaning meaning_of(const PKIMessage& answer, const Transaction& transaction, const PKIMessage& request) {
  Meaning out;
  const auto* status = status_in(answer);
  out.is_waiting =
      answer.body.type() == PKIBody::pollRep || (status != nullptr && status->status == PKIStatus::waiting);
  if (out.is_waiting) {
    const bool confirms = request.body.type() == PKIBody::certConf || !transaction.granted.empty();
    out.state = confirms ? Transaction::State::awaiting_confirmation : Transaction::State::delayed;
    out.granted = transaction.granted;
    return out;
  }
  out.is_unavailable = answer.body.type() == PKIBody::error && is_unavailable(answer);
  out.confirms = answer.body.type() == PKIBody::pkiconf && accepts(request.body);
  out.granted = grants_in(answer);
  out.grants = !out.granted.empty();
  if (!out.grants) return out;
  out.is_confirmed = asks_implicit_confirm(answer.header);
  if (out.is_confirmed) return out;
  out.state = Transaction::State::awaiting_confirmation;
  out.confirm_by = confirm_wait_time(answer);
  return out;
}

}  // namespace cmpkit::cmp
