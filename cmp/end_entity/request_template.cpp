// What the CA wants requests to look like (RFC 9483 Section 4.3.3, RFC 9810 Section 5.3.19.16).
#include <fmt/format.h>

#include <set>

#include "cmp/end_entity/answers.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {

namespace {

/// T-01: what is wrong; empty where nothing is.
std::string_view fault_of(const asn1::CertTemplate& wanted) {
  if (wanted.publicKey) return "the template has a publicKey";
  if (wanted.serialNumber) return "the template has a serialNumber";
  if (wanted.signingAlg) return "the template has a signingAlg";
  if (wanted.issuerUID || wanted.subjectUID) return "the template has an issuerUID or a subjectUID";
  return {};
}

/// T-02 for one wish.
std::string fault_of(const asn1::AttributeTypeAndValue& wish) {
  if (wish.type == asn1::id_regCtrl_algId) {
    const auto algorithm = asn1::decode<asn1::AlgorithmIdentifier>(wish.value.tlv);
    if (!algorithm) return algorithm.error().text();
    return algorithm->algorithm == asn1::rsaEncryption ? "RSA is named by algId instead of rsaKeyLen" : "";
  }
  if (wish.type == asn1::id_regCtrl_rsaKeyLen) {
    const auto length = asn1::decode<std::int64_t>(wish.value.tlv);
    return length && *length > 0 ? "" : "rsaKeyLen is no positive number";
  }
  return fmt::format("{} is no wish for a key", asn1::name_of(wish.type));
}

}  // namespace

std::optional<Refusal> read_template(const AnswerContext& context) {
  const auto content = asn1::decode<asn1::CertReqTemplateContent>(context.answer.value);
  if (!content) return refused(rules::T_01, answer_field, content.error().text());
  if (const auto fault = fault_of(content->certTemplate); !fault.empty())
    return refused(rules::T_01, answer_field, fault);
  if (!content->keySpec) return {};
  std::set<Octets> seen;
  for (const asn1::AttributeTypeAndValue& wish : *content->keySpec) {
    if (const auto fault = fault_of(wish); !fault.empty()) return refused(rules::T_02, answer_field, fault);
    if (!seen.insert(copy_of(wish.value.tlv)).second)
      return refused(rules::T_02, answer_field, "keySpec says the same twice");
  }
  return {};
}

}  // namespace cmpkit::cmp
