#include "tools/genm_report.h"

#include <fmt/core.h>

#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/asn1/print.h"

namespace cmpkit::tools {
namespace {

std::string certificate_line(Bytes der, const cmp::Crypto& crypto) {
  const auto summary = summarize_certificate(der, crypto);
  return summary ? fmt::format("{}, until {}", summary->subject, summary->not_after) : "no certificate";
}

std::string algorithm_name(Bytes der) {
  const auto algorithm = asn1::decode<asn1::AlgorithmIdentifier>(der);
  if (!algorithm) return "no algorithm";
  std::string name = asn1::name_of(algorithm->algorithm);
  const auto curve =
      algorithm->parameters ? asn1::decode<asn1::Oid>(algorithm->parameters->tlv) : tl::unexpected(asn1::Error{});
  return curve ? fmt::format("{} {}", name, asn1::name_of(*curve)) : name;
}

std::string crl_line(Bytes der, bool verified) {
  const auto crl = asn1::decode<asn1::CertificateList>(der);
  if (!crl) return "no CRL";
  const auto& revoked = crl->tbsCertList.revokedCertificates;
  return fmt::format("of {}, {}, {} certificates; {}", asn1::name_text(crl->tbsCertList.issuer),
                     time_text(crl->tbsCertList.thisUpdate.time()), revoked ? revoked->size() : 0,
                     verified ? "verified" : "NOT verified: its issuer is not known here");
}

/// What certReqTemplate wishes of a key.
void tell_template(Bytes value, OperationReport& report) {
  const auto content = asn1::decode<asn1::CertReqTemplateContent>(value);
  if (!content) return;
  if (content->certTemplate.subject)
    report.facts.emplace_back("subject", asn1::name_text(*content->certTemplate.subject));
  if (content->certTemplate.extensions)
    for (const auto& extension : *content->certTemplate.extensions)
      report.facts.emplace_back("extension", asn1::name_of(extension.extnID));
  if (!content->keySpec) return;
  for (const auto& wish : *content->keySpec) {
    const auto bits = asn1::decode<std::int64_t>(wish.value.tlv);
    report.facts.emplace_back("key", bits ? fmt::format("rsa:{}", *bits) : algorithm_name(wish.value.tlv));
  }
}

}  // namespace

void tell_answer(const cmp::Answer& answer, OperationReport& report, const cmp::Crypto& crypto) {
  auto& facts = report.facts;
  const asn1::Oid type{answer.type};
  if (answer.value.empty()) facts.emplace_back("answer", "nothing to tell");
  for (const Octets& certificate : answer.certificates)
    facts.emplace_back("certificate", certificate_line(certificate, crypto));
  if (!answer.new_with_new.empty()) facts.emplace_back("new root", certificate_line(answer.new_with_new, crypto));
  for (const Octets& crl : answer.crls) facts.emplace_back("CRL", crl_line(crl, answer.crls_verified));
  for (const Octets& algorithm : answer.algorithms) facts.emplace_back("algorithm", algorithm_name(algorithm));
  if (!answer.language.empty()) facts.emplace_back("language", answer.language);
  if (type == asn1::id_it_certReqTemplate) tell_template(answer.value, report);
}

Step store_answer(const cmp::Answer& answer, const GenmArguments& a, OperationReport& report) {
  constexpr std::string_view label = "CERTIFICATE";
  const auto one = [](const Octets& der) { return std::span<const Octets>(&der, der.empty() ? 0 : 1); };
  const auto store_template = [&]() -> Step {
    const auto content = asn1::decode<asn1::CertReqTemplateContent>(answer.value);
    if (!(asn1::Oid{answer.type} == asn1::id_it_certReqTemplate) || !content) return {};
    return store_file(report, "template", a.template_out, asn1::encode(content->certTemplate)).and_then([&] {
      return content->keySpec ? store_file(report, "keySpec", a.key_spec_out, asn1::encode(*content->keySpec)) : Step{};
    });
  };
  return store_pem(report, "certificates", a.ca_certificates_out, label, answer.certificates)
      .and_then([&] { return store_pem(report, "newWithNew", a.new_with_new, label, one(answer.new_with_new)); })
      .and_then([&] { return store_pem(report, "newWithOld", a.new_with_old, label, one(answer.new_with_old)); })
      .and_then([&] { return store_pem(report, "oldWithNew", a.old_with_new, label, one(answer.old_with_new)); })
      .and_then([&] { return store_pem(report, "CRL", a.crl_out, "X509 CRL", answer.crls); })
      .and_then(store_template)
      .and_then([&] { return answer.value.empty() ? Step{} : store_file(report, "value", a.value_out, answer.value); });
}

}  // namespace cmpkit::tools
