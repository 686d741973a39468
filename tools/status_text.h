// What a PKIStatusInfo says, in words.
#pragma once

#include <string>
#include <vector>

#include "cmpkit/asn1/pkimessage.h"

namespace cmpkit::tools {

/// `rejection`; the number where the RFC names none.
std::string status_name(asn1::PKIStatus status);

/// `badPOP`, `badAlg`, ...: one for each bit that is set; the number where the RFC names none.
std::vector<std::string> fail_info_names(asn1::PKIFailureInfo fail_info);

/// The first bit that is set and that the RFC names.
std::optional<asn1::PKIFailureInfo::Bit> first_fail_info(asn1::PKIFailureInfo fail_info);

/// `badPOP`
std::string fail_info_name(asn1::PKIFailureInfo::Bit bit);

/// The texts one after the other, `; ` between them.
std::string free_text(const std::optional<asn1::PKIFreeText>& text);

/// `rejection, badPOP: the signature is wrong`
std::string status_text(const asn1::PKIStatusInfo& info);

}  // namespace cmpkit::tools
