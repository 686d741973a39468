// What holds for every message that is signed, whoever sends it.
#pragma once

#include <optional>

#include "cmpkit/cmp/certificate.h"
#include "conformance/exchange.h"

namespace cmpkit::conformance {

/// The certificate in extraCerts at this place; nothing where there is none that can be read.
std::optional<cmp::CertificateView> extra_certificate(const asn1::PKIMessage& message, std::size_t place);

// By the first certificate in extraCerts, where there is one.
Fault key_identifier(const asn1::PKIMessage& message);     // H-50
Fault sender_is_subject(const asn1::PKIMessage& message);  // H-10
/// Each certificate certifies the one before, as far as the chain goes; what follows may be others (P-06, P-07).
Fault chain_in_order(const asn1::PKIMessage& message);

/// Both there and the same, or both absent.
bool is_same(const std::optional<asn1::OctetString>& a, const std::optional<asn1::OctetString>& b);

/// Whether protectionAlg is one of MACs.
bool is_mac(const asn1::PKIHeader& header);

}  // namespace cmpkit::conformance
