// Where CRLs and the CA's certificate are found, as extensions say it.
#pragma once

#include <string_view>

#include "cmpkit/asn1/extensions.h"

namespace cmpkit::cmp {

// DER of the values, each with this one URL.
Octets distribution_points_value(std::string_view url);         // cRLDistributionPoints, of certificates
Octets issuing_distribution_point_value(std::string_view url);  // issuingDistributionPoint, of CRLs
Octets ca_issuers_value(std::string_view url);                  // authorityInfoAccess with caIssuers

}  // namespace cmpkit::cmp
