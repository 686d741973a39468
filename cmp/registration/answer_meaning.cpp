#include "cmp/registration/answer_meaning.h"

#include "cmp/end_entity/status.h"
#include "cmp/message/fields.h"
#include "cmpkit/asn1/oids.h"

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

std::optional<Time> confirm_wait_time(const PKIMessage& answer) {
  const auto* item = find_info(answer.header, asn1::id_it_confirmWaitTime);
  if (item == nullptr || !item->infoValue) return {};
  const auto time = asn1::decode<asn1::GeneralizedTime>(item->infoValue->tlv);
  return time ? std::optional(time->value) : std::nullopt;
}

}  // namespace

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
