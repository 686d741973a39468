// Distinguished names and text: reading what a person types, showing what a peer sent, and telling whether two names
// are the same.
#pragma once

#include <string>

#include "cmpkit/asn1/x509.h"

namespace cmpkit::asn1 {

/// The DER encoding of the Name that the text spells as OpenSSL's -subj does: `/C=DE/O=Example/CN=device 1`. An RDN of
/// several attributes joins them with `+`; a `\` takes the next character literally; `/` alone and the empty text are
/// the NULL-DN. Types are the short names of RFC 4514 and OpenSSL (CN, SN, GN, UID, DC, emailAddress, serialNumber,
/// ...), the RFC's own (commonName), or dotted OIDs. C, serialNumber and dnQualifier become PrintableStrings, DC and
/// emailAddress IA5Strings, all others UTF8Strings (RFC 5280 Section 4.1.2.4). Otherwise: what is wrong with the text.
tl::expected<Octets, std::string> parse_name(std::string_view text);

/// The name as parse_name reads it; the NULL-DN is `/`. Values that are no character strings, and names that do not
/// decode, show as `#` and hexadecimal digits.
std::string name_text(const Name& name);

/// The value of the last attribute of this type (id_at_commonName, ...), or nothing where there is none or its value is
/// no character string. The view lives as long as the name's octets.
std::optional<std::string_view> last_attribute(const Name& name, Oid type);

/// Whether the names are the same by RFC 5280 Section 7.1: RDN by RDN; PrintableStrings, UTF8Strings and IA5Strings
/// without regard to case and to the amount of space, other values octet by octet. Of letters beyond ASCII the case
/// counts and no normalisation is done.
bool same_name(const Name& a, const Name& b);

}  // namespace cmpkit::asn1
