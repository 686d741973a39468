// The attribute types of names with their short names, and the string type that a value is written as.
#pragma once

#include "cmpkit/asn1/oids.h"

namespace cmpkit::asn1 {

struct AttributeType {
  std::string_view short_name;  // RFC 4514 Section 3 and OpenSSL
  Oid oid;
  std::uint8_t string_tag;  // RFC 5280 Appendix A.1
};

inline constexpr AttributeType attribute_types[] = {
    {"CN", id_at_commonName, 0x0C},
    {"C", id_at_countryName, 0x13},
    {"O", id_at_organizationName, 0x0C},
    {"OU", id_at_organizationalUnitName, 0x0C},
    {"L", id_at_localityName, 0x0C},
    {"ST", id_at_stateOrProvinceName, 0x0C},
    {"street", id_at_streetAddress, 0x0C},
    {"postalCode", id_at_postalCode, 0x0C},
    {"serialNumber", id_at_serialNumber, 0x13},
    {"SN", id_at_surname, 0x0C},
    {"GN", id_at_givenName, 0x0C},
    {"initials", id_at_initials, 0x0C},
    {"generationQualifier", id_at_generationQualifier, 0x0C},
    {"title", id_at_title, 0x0C},
    {"name", id_at_name, 0x0C},
    {"pseudonym", id_at_pseudonym, 0x0C},
    {"dnQualifier", id_at_dnQualifier, 0x13},
    {"organizationIdentifier", id_at_organizationIdentifier, 0x0C},
    {"DC", id_domainComponent, 0x16},
    {"UID", id_userId, 0x0C},
    {"emailAddress", id_emailAddress, 0x16},
};

}  // namespace cmpkit::asn1
