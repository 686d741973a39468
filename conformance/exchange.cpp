#include "conformance/exchange.h"

#include <fmt/format.h>

#include <array>

namespace cmpkit::conformance {

using asn1::PKIBody;

namespace {

constexpr std::array<std::string_view, 7> status_names{"accepted",        "grantedWithMods",   "rejection",
                                                       "waiting",         "revocationWarning", "revocationNotification",
                                                       "keyUpdateWarning"};

constexpr std::array<std::string_view, 27> fail_info_names{
    "badAlg",           "badMessageCheck",     "badRequest",          "badTime",           "badCertId",
    "badDataFormat",    "wrongAuthority",      "incorrectData",       "missingTimeStamp",  "badPOP",
    "certRevoked",      "certConfirmed",       "wrongIntegrity",      "badRecipientNonce", "timeNotAvailable",
    "unacceptedPolicy", "unacceptedExtension", "addInfoNotAvailable", "badSenderNonce",    "badCertTemplate",
    "signerNotTrusted", "transactionIdInUse",  "unsupportedVersion",  "notAuthorized",     "systemUnavail",
    "systemFailure",    "duplicateCertReq"};

}  // namespace

const asn1::PKIStatusInfo* status_of(const PKIBody& body) {
  if (const auto* error = body.get<PKIBody::error>()) return &error->pKIStatusInfo;
  if (const auto* rp = body.get<PKIBody::rp>()) return rp->status.empty() ? nullptr : &rp->status.front();
  const auto* responses = body.cert_responses();
  return responses != nullptr && !responses->response.empty() ? &responses->response.front().status : nullptr;
}

Bytes granted_certificate(const PKIBody& body) {
  const auto* responses = body.cert_responses();
  if (responses == nullptr || responses->response.empty() || !responses->response.front().certifiedKeyPair) return {};
  const auto& value = responses->response.front().certifiedKeyPair->certOrEncCert.value;
  const auto* certificate = std::get_if<asn1::CertOrEncCert::certificate>(&value);
  return certificate != nullptr ? certificate->tlv : Bytes{};
}

PKIBody::Type response_type(PKIBody::Type request) {
  switch (request) {
    case PKIBody::ir:
      return PKIBody::ip;
    case PKIBody::cr:
    case PKIBody::p10cr:
      return PKIBody::cp;
    case PKIBody::kur:
      return PKIBody::kup;
    case PKIBody::rr:
      return PKIBody::rp;
    case PKIBody::genm:
      return PKIBody::genp;
    case PKIBody::certConf:
    case PKIBody::error:
      return PKIBody::pkiconf;
    case PKIBody::pollReq:
      return PKIBody::pollRep;
    default:
      return request;
  }
}

std::string_view name_of(cmp::FailInfo bit) {
  return bit < fail_info_names.size() ? fail_info_names[bit] : std::string_view("a bit without a name");
}

std::string fail_info_text(std::uint64_t bits, std::string_view between) {
  std::string out;
  for (unsigned bit = 0; bit < 64; ++bit) {
    if (((bits >> bit) & 1U) == 0) continue;
    if (!out.empty()) out += between;
    out += name_of(static_cast<cmp::FailInfo>(bit));
  }
  return out.empty() ? "none" : out;
}

std::string status_text(const asn1::PKIStatusInfo& info) {
  const auto number = static_cast<std::size_t>(info.status);
  std::string out = number < status_names.size() ? std::string(status_names[number]) : fmt::format("status {}", number);
  if (info.failInfo) out += ", " + fail_info_text(info.failInfo->bits, " and ");
  if (info.statusString && !info.statusString->empty()) out += fmt::format(" ({})", info.statusString->front().text);
  return out;
}

std::string reply_text(const Exchange& exchange) {
  if (exchange.reply == nullptr) return exchange.trouble;
  std::string out(asn1::name_of(exchange.body().type()));
  if (const auto* info = status_of(exchange.body())) out += " with " + status_text(*info);
  if (!(*exchange.reply)->protection) out += ", unprotected";
  return out;
}

}  // namespace cmpkit::conformance
