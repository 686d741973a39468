// Open types: which type the octets have that an object identifier announces.
#pragma once

#include "cmpkit/asn1/schema.h"

namespace cmpkit::asn1 {

/// The type of the value that goes with this OID: of an extension's extnValue, an infoValue, a control or regInfo, one
/// of an attribute's values, an algorithm's parameters, an otherName, the content of a ContentInfo. Null where we know
/// none.
const Type* open_type(Oid oid);

}  // namespace cmpkit::asn1
