#include "cmp/end_entity/status.h"

#include <bit>

namespace cmpkit::cmp {

using asn1::PKIBody;
using asn1::PKIMessage;

namespace {

void append(std::string& out, const std::optional<asn1::PKIFreeText>& text) {
  if (!text) return;
  for (const auto& line : *text) out += (out.empty() ? "" : "; ") + std::string(line.text);
}

}  // namespace

const asn1::PKIStatusInfo* status_in(const PKIMessage& message) {
  if (const auto* error = message.body.get<PKIBody::error>()) return &error->pKIStatusInfo;
  if (const auto* revoked = message.body.get<PKIBody::rp>()) return &revoked->status.front();
  const auto* answers = message.body.cert_responses();
  return answers != nullptr && !answers->response.empty() ? &answers->response.front().status : nullptr;
}

bool is_rejection(const PKIMessage& message) {
  const auto* info = status_in(message);
  return info != nullptr && info->status == asn1::PKIStatus::rejection;
}

void tell_status(const PKIMessage& message, Outcome& outcome) {
  const auto* info = status_in(message);
  if (info == nullptr) return;
  outcome.status = info->status;
  append(outcome.server_text, info->statusString);
  if (const auto* error = message.body.get<PKIBody::error>()) append(outcome.server_text, error->errorDetails);
  if (!info->failInfo || info->failInfo->bits == 0) return;
  outcome.all_fail_info = *info->failInfo;
  outcome.fail_info = static_cast<FailInfo>(std::countr_zero(info->failInfo->bits));
}

}  // namespace cmpkit::cmp
