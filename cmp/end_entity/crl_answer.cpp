// A CRL that a CA handed out: is it the one asked for, is it newer, who signed it (RFC 9483 Section 4.3.4).
#include <algorithm>

#include "cmp/end_entity/answers.h"
#include "cmp/trust/crl_signature.h"
#include "cmpkit/asn1/names.h"
#include "cmpkit/cmp/certificate.h"

namespace cmpkit::cmp {

namespace {

std::optional<Refusal> refuse(std::string_view detail) { return refused(rules::L_02, answer_field, detail); }

/// The CAs of this name that we trust: anchors, and other certificates at hand with a path to one.
std::vector<CertificateView> trusted_issuers(const AnswerContext& context, const asn1::Name& issuer) {
  std::vector<CertificateView> out;
  if (context.options.trust == nullptr) return out;
  const auto pool = pool_of(context);
  const auto add = [&](Bytes der) {
    auto view = CertificateView::decode(der);
    if (view && may_sign_crls(*view, issuer) &&
        context.options.trust->validate(*view, pool, context.environment.clock.now()))
      out.push_back(std::move(*view));
  };
  for (const Bytes anchor : context.options.trust->anchors()) add(anchor);
  for (const auto& certificate : pool) add(certificate.tlv);
  return out;
}

std::optional<Refusal> read_crl(const AnswerContext& context, Bytes der) {
  const auto crl = asn1::decode<asn1::CertificateList>(der);
  if (!crl) return refuse(crl.error().text());
  const auto issuers = trusted_issuers(context, crl->tbsCertList.issuer);
  const bool verified = std::ranges::any_of(
      issuers, [&](const CertificateView& issuer) { return is_signed_by(*crl, issuer, context.environment.crypto); });
  if (!verified && !issuers.empty()) return refuse("the CRL is not signed by its issuer");
  context.answer.crls_verified = verified;
  context.answer.crls.push_back(copy_of(der));
  return {};
}

}  // namespace

std::optional<Refusal> read_current_crl(const AnswerContext& context) {
  return read_crl(context, context.answer.value);
}

std::optional<Refusal> read_crls(const AnswerContext& context) {
  const auto crls = asn1::decode<asn1::CRLsValue>(context.answer.value);
  if (!crls) return refuse(crls.error().text());
  if (crls->size() != 1) return refuse("there is more than one CRL");
  if (auto refusal = read_crl(context, crls->front().tlv)) return refusal;
  const auto crl = asn1::decode<asn1::CertificateList>(crls->front().tlv);  // read_crl() has read it
  const auto asked = asn1::decode<asn1::CRLStatusListValue>(context.options.question.value);
  const asn1::CRLStatus& status = asked->front();  // the task has read it
  if (const auto* issuer = std::get_if<asn1::CRLSource::issuer>(&status.source.value)) {
    const asn1::Name* name = issuer->front().directory_name();
    if (name != nullptr && !asn1::same_name(*name, crl->tbsCertList.issuer))
      return refuse("the CRL is by another issuer: " + asn1::name_text(crl->tbsCertList.issuer));
  }
  if (status.thisUpdate && crl->tbsCertList.thisUpdate.time() <= status.thisUpdate->time())
    return refuse("the CRL is not newer than the one at hand");
  return {};
}

}  // namespace cmpkit::cmp
