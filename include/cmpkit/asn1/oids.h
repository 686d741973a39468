// The object identifiers of RFC 9810, RFC 9481, RFC 5280 and what they use, as constants named as in the RFCs with `_`
// for `-`: id_it_implicitConfirm, sha256WithRSAEncryption, id_ce_keyUsage. All of them stand in oids.def.
#pragma once

#include <optional>

#include "cmpkit/asn1/oid.h"
#include "cmpkit/asn1/storage.h"

namespace cmpkit::asn1 {

#define CMPKIT_OID(name, dotted) inline constexpr Oid name = oid<dotted>;
#include "cmpkit/asn1/oids.def"
#undef CMPKIT_OID

/// The RFC's name, such as `id-it-implicitConfirm`; the dotted form for an OID that has no name here.
std::string name_of(Oid oid);

/// The OID with this name (`id-kp-cmcRA`, `secp256r1`) or, failing that, dotted form; the octets of the latter go into
/// `storage`. Nothing where the text is neither.
std::optional<Oid> find_oid(std::string_view name_or_dotted, Storage& storage);

/// Every OID that has a name here.
std::span<const Oid> known_oids();

}  // namespace cmpkit::asn1
