#include "cmp/end_entity/answers.h"

#include <fmt/format.h>

#include <algorithm>

#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/certificate.h"

namespace cmpkit::cmp {

namespace {

using asn1::PKIBody;

std::optional<Refusal> unreadable(const Rule& rule, const asn1::Error& error) {
  return refused(rule, answer_field, error.text());
}

template <class List>
std::optional<Refusal> read_certificates(const AnswerContext& context, const Rule& rule, const List& certificates) {
  for (const auto& certificate : certificates) {
    if (const auto view = CertificateView::decode(certificate.tlv); !view) return unreadable(rule, view.error());
    context.answer.certificates.push_back(copy_of(certificate.tlv));
  }
  return {};
}

std::optional<Refusal> read_ca_certs(const AnswerContext& context) {
  const auto value = asn1::decode<asn1::CaCertsValue>(context.answer.value);
  return value ? read_certificates(context, rules::S_05, *value) : unreadable(rules::S_05, value.error());
}

/// The EE makes sure that it is the right certificate (RFC 9810 Section 5.3.19.1): by its path, where anchors are
/// given.
std::optional<Refusal> read_encryption_certificate(const AnswerContext& context) {
  const auto view = CertificateView::decode(context.answer.value);
  if (!view) return unreadable(rules::S_04, view.error());
  if (context.options.trust != nullptr) {
    const auto path = context.options.trust->validate(*view, pool_of(context), context.environment.clock.now());
    if (!path) return refused(rules::V_35, answer_field, path.error().text);
  }
  context.answer.certificates.push_back(context.answer.value);
  return {};
}

std::optional<Refusal> read_key_types(const AnswerContext& context) {
  const auto value = asn1::decode<asn1::SignKeyPairTypesValue>(context.answer.value);
  if (!value) return unreadable(rules::S_07, value.error());
  for (const auto& algorithm : *value) context.answer.algorithms.push_back(asn1::encode(algorithm));
  return {};
}

std::optional<Refusal> read_algorithm(const AnswerContext& context) {
  const auto value = asn1::decode<asn1::PreferredSymmAlgValue>(context.answer.value);
  if (!value) return unreadable(rules::S_04, value.error());
  context.answer.algorithms.push_back(context.answer.value);
  return {};
}

std::optional<Refusal> read_key_parameters(const AnswerContext& context) {
  const auto value = asn1::decode<asn1::KeyPairParamRepValue>(context.answer.value);
  if (!value) return unreadable(rules::S_08, value.error());
  const auto asked = asn1::decode<asn1::KeyPairParamReqValue>(context.options.question.value);
  if (!asked || value->algorithm != *asked)
    return refused(rules::S_08, answer_field,
                   fmt::format("the parameters are those of {}", asn1::name_of(value->algorithm)));
  context.answer.algorithms.push_back(context.answer.value);
  return {};
}

std::optional<Refusal> read_language(const AnswerContext& context) {
  const auto value = asn1::decode<asn1::SuppLangTagsValue>(context.answer.value);
  if (!value) return unreadable(rules::S_09, value.error());
  const auto offered = asn1::decode<asn1::SuppLangTagsValue>(context.options.question.value);
  if (value->size() != 1 || !offered || std::ranges::find(*offered, value->front()) == offered->end())
    return refused(rules::S_09, answer_field, "the answer is not one of the languages offered");
  context.answer.language = value->front().text;
  return {};
}

enum class Absent { allowed, refused };  // an answer without a value

struct Row {
  asn1::Oid question, answer;
  Absent absent;
  std::optional<Refusal> (*read)(const AnswerContext&);
};

const Row table[] = {
    {asn1::id_it_caCerts, asn1::id_it_caCerts, Absent::allowed, read_ca_certs},
    {asn1::id_it_rootCaCert, asn1::id_it_rootCaKeyUpdate, Absent::allowed, read_root_update},
    {asn1::id_it_certReqTemplate, asn1::id_it_certReqTemplate, Absent::allowed, read_template},
    {asn1::id_it_crlStatusList, asn1::id_it_crls, Absent::allowed, read_crls},
    {asn1::id_it_currentCRL, asn1::id_it_currentCRL, Absent::refused, read_current_crl},
    {asn1::id_it_caProtEncCert, asn1::id_it_caProtEncCert, Absent::allowed, read_encryption_certificate},
    {asn1::id_it_signKeyPairTypes, asn1::id_it_signKeyPairTypes, Absent::refused, read_key_types},
    {asn1::id_it_encKeyPairTypes, asn1::id_it_encKeyPairTypes, Absent::refused, read_key_types},
    {asn1::id_it_preferredSymmAlg, asn1::id_it_preferredSymmAlg, Absent::refused, read_algorithm},
    {asn1::id_it_keyPairParamReq, asn1::id_it_keyPairParamRep, Absent::allowed, read_key_parameters},
    {asn1::id_it_suppLangTags, asn1::id_it_suppLangTags, Absent::refused, read_language},
};

const Row* row_of(asn1::Oid question) {
  const auto* row = std::ranges::find(table, question, &Row::question);
  return row == std::end(table) ? nullptr : row;
}

/// The one item of the genp, where it is of the type asked for (S-01, S-02, V-51).
Checked<const asn1::InfoTypeAndValue*> the_item(const asn1::PKIMessage& genp, asn1::Oid question) {
  const auto& items = *genp.body.get<PKIBody::genp>();
  if (items.size() != 1)
    return tl::unexpected(refused(rules::S_01, "body.genp", fmt::format("there are {} items", items.size())));
  const asn1::InfoTypeAndValue& item = items.front();
  if (item.infoType == asn1::id_it_unsupportedOIDs)
    return tl::unexpected(refused(rules::S_02, "body.genp[0].infoType",
                                  fmt::format("the server does not know {}", asn1::name_of(question))));
  if (item.infoType != answer_type(question))
    return tl::unexpected(
        refused(rules::V_51, "body.genp[0].infoType",
                fmt::format("{} came in answer to {}", asn1::name_of(item.infoType), asn1::name_of(question))));
  return &item;
}

}  // namespace

std::vector<asn1::CMPCertificate> pool_of(const AnswerContext& context) {
  std::vector<asn1::CMPCertificate> pool;
  if (context.genp.extraCerts) pool.assign(context.genp.extraCerts->begin(), context.genp.extraCerts->end());
  for (const Octets& certificate : context.options.untrusted) pool.push_back({certificate});
  return pool;
}

asn1::Oid answer_type(asn1::Oid question) {
  const Row* row = row_of(question);
  return row == nullptr ? question : row->answer;
}

Checked<Answer> read_answer(const asn1::PKIMessage& genp, const InquiryOptions& options,
                            const Environment& environment) {
  const asn1::Oid question = options.question.oid();
  const auto item = the_item(genp, question);
  if (!item) return tl::unexpected(item.error());
  Answer answer;
  answer.type = copy_of((*item)->infoType.octets);
  const auto& value = (*item)->infoValue;
  if (value && !asn1::decode<asn1::Null>(value->tlv)) answer.value = copy_of(value->tlv);  // S-03: NULL is tolerated
  const Row* row = row_of(question);
  if (row == nullptr) return answer;
  if (answer.value.empty() && row->absent == Absent::refused)
    return tl::unexpected(refused(rules::S_04, answer_field, "the answer has no value"));
  if (answer.value.empty()) return answer;
  if (auto refusal = row->read({genp, options, environment, answer})) return tl::unexpected(std::move(*refusal));
  return answer;
}

}  // namespace cmpkit::cmp
