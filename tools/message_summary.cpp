#include "tools/message_summary.h"

#include <fmt/core.h>

#include <algorithm>

#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/algorithms.h"
#include "tools/certificate_summary.h"
#include "tools/status_text.h"

namespace cmpkit::tools {
namespace {

using asn1::PKIBody;

std::string sender_text(const asn1::PKIHeader& header) {
  const asn1::Name* name = header.sender.directory_name();
  return name == nullptr ? "somebody" : asn1::name_text(*name);
}

/// A reference is text in most cases; else it is shown in hexadecimal.
std::string reference_text(Bytes reference) {
  const bool text = std::all_of(reference.begin(), reference.end(), [](auto c) { return c >= ' ' && c <= '~'; });
  return text ? std::string(text_of(reference)) : hexadecimal(reference);
}

std::string protection_text(const asn1::PKIHeader& header) {
  if (!header.protectionAlg) return "unprotected";
  const asn1::Oid algorithm = header.protectionAlg->algorithm;
  if (const auto signature = cmp::signature_algorithm(*header.protectionAlg)) {
    return fmt::format("signed by {} ({})", sender_text(header), signature->name);
  }
  std::string_view kind = "";
  if (algorithm == asn1::id_PasswordBasedMac) kind = "PBM";
  if (algorithm == asn1::id_PBMAC1) kind = "PBMAC1";
  if (kind.empty()) return fmt::format("protected by {}", asn1::name_of(algorithm));
  if (!header.senderKID) return fmt::format("MAC ({})", kind);
  return fmt::format("MAC ({}) with reference {}", kind, reference_text(*header.senderKID));
}

std::string subject_and_key(const asn1::Name* subject, Bytes public_key, const cmp::Crypto& crypto) {
  return fmt::format("asks for {}, key {}", subject == nullptr ? "no subject" : asn1::name_text(*subject),
                     public_key.empty() ? "made by the server" : key_text(public_key, crypto));
}

std::string content_of(const asn1::CertReqMessages& requests, const cmp::Crypto& crypto) {
  const asn1::CertTemplate& wanted = requests.front().certReq.certTemplate;
  const Octets key = wanted.publicKey ? asn1::encode(*wanted.publicKey) : Octets{};
  return subject_and_key(wanted.subject ? &*wanted.subject : nullptr, key, crypto);
}

std::string content_of(const asn1::CertificationRequest& request, const cmp::Crypto& crypto) {
  const asn1::CertificationRequestInfo& info = request.certificationRequestInfo;
  return subject_and_key(&info.subject, asn1::encode(info.subjectPKInfo), crypto);
}

std::string content_of(const asn1::CertRepMessage& responses, const cmp::Crypto& crypto) {
  if (responses.response.empty()) return "no response in it";
  const asn1::CertResponse& response = responses.response.front();
  const std::string status = status_text(response.status);
  if (!response.certifiedKeyPair) return status;
  const auto* certificate =
      std::get_if<asn1::CertOrEncCert::certificate>(&response.certifiedKeyPair->certOrEncCert.value);
  if (certificate == nullptr) return fmt::format("{}; an encrypted certificate", status);
  const auto summary = summarize_certificate(certificate->tlv, crypto);
  if (!summary) return fmt::format("{}; a certificate that cannot be read", status);
  return fmt::format("{}; certificate {} for {}", status, summary->serial, summary->subject);
}

std::string content_of(const asn1::CertConfirmContent& statuses) {
  if (statuses.empty()) return "rejects the certificate";
  const auto& status = statuses.front().statusInfo;
  if (!status || status->status == asn1::PKIStatus::accepted) return "accepts the certificate";
  return fmt::format("rejects the certificate: {}", status_text(*status));
}

std::string content_of(const asn1::ErrorMsgContent& error) {
  std::string text = status_text(error.pKIStatusInfo);
  if (error.errorDetails) text += "; " + free_text(error.errorDetails);
  return text;
}

std::string content_of(const asn1::PollRepContent& responses) {
  return responses.empty() ? std::string{} : fmt::format("come back in {} s", responses.front().checkAfter);
}

std::string content_of(const PKIBody& body, const cmp::Crypto& crypto) {
  if (const auto* requests = body.cert_requests()) return content_of(*requests, crypto);
  if (const auto* responses = body.cert_responses()) return content_of(*responses, crypto);
  if (const auto* request = body.get<PKIBody::p10cr>()) return content_of(*request, crypto);
  if (const auto* statuses = body.get<PKIBody::certConf>()) return content_of(*statuses);
  if (const auto* error = body.get<PKIBody::error>()) return content_of(*error);
  if (const auto* responses = body.get<PKIBody::pollRep>()) return content_of(*responses);
  return {};
}

}  // namespace

MessageSummary summarize_message(const asn1::PKIMessage& message, const cmp::Crypto& crypto) {
  return {std::string(asn1::name_of(message.body.type())), protection_text(message.header),
          content_of(message.body, crypto)};
}

std::optional<MessageSummary> summarize_message(Bytes der, const cmp::Crypto& crypto) {
  const auto message = asn1::decode<asn1::PKIMessage>(der);
  if (!message) return std::nullopt;
  return summarize_message(*message, crypto);
}

std::string one_line(const MessageSummary& summary) {
  std::string line = fmt::format("{}, {}", summary.type, summary.protection);
  if (!summary.content.empty()) line += ": " + summary.content;
  return line;
}

}  // namespace cmpkit::tools
