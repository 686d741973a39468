// What can be asked by a genm (RFC 9483 Section 4.3, RFC 9810 Section 5.3.19).
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/certificate.h"
#include "cmpkit/cmp/inquiry.h"

namespace cmpkit::cmp {

namespace {

InfoItem item(asn1::Oid type, Octets value) { return {copy_of(type.octets), std::move(value)}; }

}  // namespace

InfoItem ask_for(asn1::Oid type) { return item(type, {}); }

InfoItem ask_for_root_update(Bytes root) { return item(asn1::id_it_rootCaCert, copy_of(root)); }

/// L-01.
InfoItem ask_for_crl(const CrlQuestion& question) {
  asn1::CRLStatusListValue list(1);
  asn1::CRLStatus& status = list.front();
  const auto point = asn1::decode<asn1::DistributionPointName>(question.distribution_point);
  if (point)
    status.source.value.emplace<asn1::CRLSource::dpn>(*point);
  else
    status.source.value.emplace<asn1::CRLSource::issuer>().push_back(asn1::GeneralName::of({question.issuer}));
  if (question.this_update) status.thisUpdate = asn1::Time::of(*question.this_update);
  return item(asn1::id_it_crlStatusList, asn1::encode(list));
}

asn1::Result<CrlQuestion> crl_question_about(Bytes certificate) {
  const auto view = CertificateView::decode(certificate);
  if (!view) return tl::unexpected(view.error());
  CrlQuestion question;
  question.issuer = copy_of(view->issuer().tlv);
  const auto* extension = view->extension(asn1::id_ce_cRLDistributionPoints);
  if (extension == nullptr) return question;
  const auto points = asn1::decode<asn1::CRLDistributionPoints>(extension->extnValue);
  if (!points) return tl::unexpected(points.error());
  if (const auto& name = points->front().distributionPoint) question.distribution_point = asn1::encode(*name);
  return question;
}

asn1::Result<CrlQuestion> crl_question_after(Bytes der) {
  const auto crl = asn1::decode<asn1::CertificateList>(der);
  if (!crl) return tl::unexpected(crl.error());
  CrlQuestion question;
  question.issuer = copy_of(crl->tbsCertList.issuer.tlv);
  question.this_update = crl->tbsCertList.thisUpdate.time();
  const auto* extension = find_extension(crl->tbsCertList.crlExtensions, asn1::id_ce_issuingDistributionPoint);
  if (extension == nullptr) return question;
  const auto point = asn1::decode<asn1::IssuingDistributionPoint>(extension->extnValue);
  if (!point) return tl::unexpected(point.error());
  if (const auto& name = point->distributionPoint) question.distribution_point = asn1::encode(*name);
  return question;
}

InfoItem ask_for_key_parameters(asn1::Oid algorithm) {
  return item(asn1::id_it_keyPairParamReq, asn1::encode(algorithm));
}

InfoItem ask_for_language(std::span<const std::string> tags) {
  asn1::SuppLangTagsValue value;
  for (const std::string& tag : tags) value.push_back({tag});
  return item(asn1::id_it_suppLangTags, asn1::encode(value));
}

}  // namespace cmpkit::cmp
