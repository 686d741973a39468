// Finding things in a received message.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cmpkit/asn1/pkimessage.h"

namespace cmpkit::cmp {

/// The generalInfo item of this type, or null.
const asn1::InfoTypeAndValue* find_info(const asn1::PKIHeader& header, asn1::Oid type);

/// True where generalInfo has implicitConfirm (RFC 9810 Section 5.1.1.1).
bool asks_implicit_confirm(const asn1::PKIHeader& header);

/// The profile that certProfile in generalInfo names for request number `index` (H-83, H-84); empty where there is
/// none.
std::string profile_of(const asn1::PKIHeader& header, std::size_t index = 0);

/// Appends identifier and length octets.
void append_tlv_header(Octets& out, std::uint8_t tag, std::size_t length);

/// DER of the Name whose only attribute is this commonName. Text that is not UTF-8 gives the NULL-DN.
Octets name_of_common_name(Bytes text);

}  // namespace cmpkit::cmp
