// The successor of a root, as its predecessor vouches for it (RFC 9483 Section 4.3.2, RFC 9810 Section 4.4.2.2).
#include <fmt/format.h>

#include "cmp/end_entity/answers.h"
#include "cmpkit/asn1/names.h"
#include "cmpkit/cmp/certificate.h"

namespace cmpkit::cmp {

namespace {

std::optional<Refusal> refuse(const Rule& rule, std::string_view detail) { return refused(rule, answer_field, detail); }

bool is_self_signed(const CertificateView& certificate, const Crypto& crypto) {
  const Bytes message[] = {certificate.signed_part()};
  return certificate.is_self_issued() && crypto.verify(certificate.asn1().signatureAlgorithm, certificate.public_key(),
                                                       message, certificate.asn1().signature.octets);
}

/// Subject and key are the same.
bool is_same_entity(const CertificateView& a, const CertificateView& b) {
  return asn1::same_name(a.subject(), b.subject()) && same_octets(a.public_key(), b.public_key());
}

/// Signed by the key of the CA alone, within the time of both.
std::optional<Refusal> check_link(const CertificateView& link, Bytes ca, std::string_view name,
                                  const Environment& environment) {
  const auto store = TrustStore::make(environment.crypto, {copy_of(ca)});
  if (!store) return refuse(rules::S_10, store.error().text);
  const auto path = store->validate(link, {}, environment.clock.now());
  return path ? std::nullopt : refuse(rules::S_10, fmt::format("{}: {}", name, path.error().text));
}

}  // namespace

std::optional<Refusal> read_root_update(const AnswerContext& context) {
  const auto content = asn1::decode<asn1::RootCaKeyUpdateContent>(context.answer.value);
  if (!content) return refuse(rules::S_06, content.error().text());
  if (!content->newWithOld) return refuse(rules::S_06, "there is no newWithOld");
  const Bytes old_der = context.options.question.value;
  const auto old = CertificateView::decode(old_der);
  if (!old) return refuse(rules::S_10, "the old root: " + old.error().text());
  const auto fresh = CertificateView::decode(content->newWithNew.tlv);
  if (!fresh) return refuse(rules::S_10, "newWithNew: " + fresh.error().text());
  if (!is_self_signed(*fresh, context.environment.crypto)) return refuse(rules::S_10, "newWithNew is not self-signed");
  if (fresh->not_after() < context.environment.clock.now()) return refuse(rules::S_10, "newWithNew has expired");
  if (fresh->not_before() > old->not_after())
    return refuse(rules::S_11, "newWithNew becomes valid only after the old root has expired");

  const auto link = CertificateView::decode(content->newWithOld->tlv);
  if (!link) return refuse(rules::S_10, "newWithOld: " + link.error().text());
  if (!is_same_entity(*link, *fresh))
    return refuse(rules::S_10, "newWithOld and newWithNew differ in their subject or their key");
  if (auto refusal = check_link(*link, old_der, "newWithOld", context.environment)) return refusal;
  if (content->oldWithNew) {
    const auto back = CertificateView::decode(content->oldWithNew->tlv);
    if (!back) return refuse(rules::S_10, "oldWithNew: " + back.error().text());
    if (!is_same_entity(*back, *old)) return refuse(rules::S_11, "oldWithNew is not for the old root");
    if (auto refusal = check_link(*back, content->newWithNew.tlv, "oldWithNew", context.environment)) return refusal;
    context.answer.old_with_new = copy_of(content->oldWithNew->tlv);
  }
  context.answer.new_with_new = copy_of(content->newWithNew.tlv);
  context.answer.new_with_old = copy_of(content->newWithOld->tlv);
  return {};
}

}  // namespace cmpkit::cmp
