// The value of a leaf as text for people.
#pragma once

#include <string>

#include "cmpkit/asn1/schema.h"

namespace cmpkit::asn1 {

/// One line, without control characters. Octets are hexadecimal digits, named numbers have their names, times are as in
/// 2026-01-31T23:59:59Z. The type is no SEQUENCE, CHOICE or list.
std::string leaf_text(const Type& type, const void* slot);

/// The octets of an OCTET STRING, BIT STRING, Encoded or ANY; empty for other leaves.
Bytes leaf_octets(const Type& type, const void* slot);

}  // namespace cmpkit::asn1
