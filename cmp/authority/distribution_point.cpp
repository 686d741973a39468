#include "cmp/authority/distribution_point.h"

#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {
namespace {

asn1::GeneralName uri(std::string_view url) {
  asn1::GeneralName out;
  out.value.emplace<asn1::GeneralName::uniformResourceIdentifier>(asn1::IA5String{url});
  return out;
}

asn1::DistributionPointName full_name(std::string_view url) {
  asn1::DistributionPointName out;
  out.value.emplace<asn1::DistributionPointName::fullName>({uri(url)});
  return out;
}

}  // namespace

Octets distribution_points_value(std::string_view url) {
  return asn1::encode(asn1::CRLDistributionPoints{asn1::DistributionPoint{full_name(url), {}, {}}});
}

Octets issuing_distribution_point_value(std::string_view url) {
  asn1::IssuingDistributionPoint out;
  out.distributionPoint = full_name(url);
  return asn1::encode(out);
}

Octets ca_issuers_value(std::string_view url) {
  return asn1::encode(asn1::AuthorityInfoAccessSyntax{asn1::AccessDescription{asn1::id_ad_caIssuers, uri(url)}});
}

}  // namespace cmpkit::cmp
