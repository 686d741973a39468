// The names of a subjectAltName as text, and the patterns by which a profile speaks of them.
#pragma once

#include <string>
#include <string_view>

#include "cmpkit/asn1/x509.h"

namespace cmpkit::cmp {

/// `DNS:device.example`, `IP:192.0.2.1`, `IP:20010db8...` (hexadecimal), `email:a@b.example`, `URI:urn:dev:ops:1-a-2`,
/// `dirName:/CN=x`, `RID:1.2.3`, `otherName:1.2.3` (its type), `x400Address:`, `ediPartyName:`.
std::string pattern_text(const asn1::GeneralName& name);

/// True for a text that begins with one of these kinds.
bool is_name_pattern(std::string_view text);

/// Whether the text fits the pattern: `*` stands for any characters, `?` for one, letters count without case.
bool fits_pattern(std::string_view text, std::string_view pattern);

/// The kind of names that the pattern is about.
asn1::GeneralName::Type kind_of_pattern(std::string_view pattern);

}  // namespace cmpkit::cmp
