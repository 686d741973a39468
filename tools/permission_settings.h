// [[permission]] of ca.toml and ra.toml.
#pragma once

#include "tools/server_settings.h"

namespace cmpkit::tools {

/// A list of ir, cr, kur, p10cr, rr, genm; what else stands there is a complaint.
std::set<asn1::PKIBody::Type> read_operations(Settings& table);

/// Reads one; the anchors are as written.
PermissionEntry read_permission(Settings& table);

}  // namespace cmpkit::tools
