#include <fmt/format.h>

#include <algorithm>

#include "cmp/authority/grant.h"
#include "cmp/authority/name_patterns.h"

namespace cmpkit::cmp {
namespace {

/// Letters, digits, hyphens and underscores between dots, and a leading `*.`: what can name a host, and nothing that a
/// careless reader would take for something else (control characters, blanks, commas).
bool is_host_name(std::string_view name) {
  if (name.starts_with("*.")) name.remove_prefix(2);
  if (name.empty() || name.size() > 253) return false;
  char before = '.';
  for (const char c : name) {
    const bool inside =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!inside && (c != '.' || before == '.')) return false;
    before = c;
  }
  return before != '.';
}

/// What is wrong with a name; empty: nothing.
std::string_view fault_of(const asn1::GeneralName& name) {
  switch (name.type()) {
    case asn1::GeneralName::dNSName:
      return is_host_name(std::get<asn1::GeneralName::dNSName>(name.value).text) ? "" : "a dNSName is no host name";
    case asn1::GeneralName::iPAddress: {
      const std::size_t size = std::get<asn1::GeneralName::iPAddress>(name.value).size();
      return size == 4 || size == 16 ? "" : "an iPAddress has neither 4 nor 16 octets";
    }
    case asn1::GeneralName::rfc822Name:
      return std::get<asn1::GeneralName::rfc822Name>(name.value).text.find('@') != std::string_view::npos
                 ? ""
                 : "an rfc822Name is no mail address";
    case asn1::GeneralName::uniformResourceIdentifier:
      return std::get<asn1::GeneralName::uniformResourceIdentifier>(name.value).text.find(':') != std::string_view::npos
                 ? ""
                 : "a uniformResourceIdentifier has no scheme";
    case asn1::GeneralName::directoryName:
      return is_null_dn(*name.directory_name()) ? "a directoryName is empty" : "";
    default:
      return "";
  }
}

Refusal refuse(std::string_view detail) { return refused(rules::R_09, "extensions.subjectAltName", detail); }

}  // namespace

bool is_null_dn(asn1::Name name) { return name.tlv.size() <= asn1::null_dn.tlv.size(); }

Checked<void> check_alternative_names(const asn1::GeneralNames& names) {
  for (const asn1::GeneralName& name : names)
    if (const std::string_view fault = fault_of(name); !fault.empty()) return tl::unexpected(refuse(fault));
  return {};
}

Checked<void> check_allowed_names(const asn1::GeneralNames& names, const CertificateProfile& profile) {
  std::vector<std::string> texts;
  std::ranges::transform(names, std::back_inserter(texts), pattern_text);
  const auto fits = [](const std::string& text) {
    return [&text](const std::string& pattern) { return fits_pattern(text, pattern); };
  };
  if (!profile.names_allowed.empty())
    for (const std::string& text : texts)
      if (std::ranges::none_of(profile.names_allowed, fits(text)) &&
          std::ranges::none_of(profile.names_required, fits(text)))
        return tl::unexpected(refuse(fmt::format("the profile does not allow the name {}", text)));
  for (const std::string& pattern : profile.names_required)
    if (std::ranges::none_of(texts, [&](const std::string& text) { return fits_pattern(text, pattern); }))
      return tl::unexpected(refuse(fmt::format("the profile wants a name {}", pattern)));
  return {};
}

}  // namespace cmpkit::cmp
