// What a CA serves over HTTP beside CMP: its certificate at /ca.cer and its CRLs at /crl/N.crl (RFC 5280 Sections
// 4.2.1.13 and 4.2.2.1; media types of RFC 2585).
#pragma once

#include <optional>

#include "cmpkit/cmp/crl.h"
#include "cmpkit/transport/handler.h"

namespace cmpkit::tools {

inline constexpr std::string_view certificate_path = "/ca.cer";
inline constexpr std::string_view crl_path = "/crl/{partition}.crl";

/// The reply, or nothing where the path is none of these.
std::optional<transport::Reply> publish(const transport::Request& request, const Octets& certificate,
                                        cmp::CrlIssuer& crls, cmp::Time now);

}  // namespace cmpkit::tools
