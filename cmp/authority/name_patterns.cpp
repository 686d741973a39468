#include "cmp/authority/name_patterns.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {
namespace {

using asn1::GeneralName;

/// In the order of GeneralName::Type.
constexpr std::array<std::string_view, 9> prefixes = {
    "otherName:", "email:", "DNS:", "x400Address:", "dirName:", "ediPartyName:", "URI:", "IP:", "RID:"};

std::string address_text(Bytes octets) {
  return octets.size() == 4 ? fmt::format("{}", fmt::join(octets, ".")) : fmt::format("{:02x}", fmt::join(octets, ""));
}

std::string value_text(const GeneralName& name) {
  switch (name.type()) {
    case GeneralName::otherName:
      return asn1::dotted(std::get<GeneralName::otherName>(name.value).type_id);
    case GeneralName::rfc822Name:
      return std::string(std::get<GeneralName::rfc822Name>(name.value).text);
    case GeneralName::dNSName:
      return std::string(std::get<GeneralName::dNSName>(name.value).text);
    case GeneralName::directoryName:
      return asn1::name_text(*name.directory_name());
    case GeneralName::uniformResourceIdentifier:
      return std::string(std::get<GeneralName::uniformResourceIdentifier>(name.value).text);
    case GeneralName::iPAddress:
      return address_text(std::get<GeneralName::iPAddress>(name.value));
    case GeneralName::registeredID:
      return asn1::dotted(std::get<GeneralName::registeredID>(name.value));
    case GeneralName::x400Address:
    case GeneralName::ediPartyName:
      break;
  }
  return {};
}

auto prefix_of(std::string_view text) {
  return std::ranges::find_if(prefixes, [&](std::string_view prefix) { return text.starts_with(prefix); });
}

bool same_letter(char a, char b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return lower(a) == lower(b);
}

}  // namespace

std::string pattern_text(const GeneralName& name) {
  return fmt::format("{}{}", prefixes.at(name.value.index()), value_text(name));
}

bool is_name_pattern(std::string_view text) { return prefix_of(text) != prefixes.end(); }

GeneralName::Type kind_of_pattern(std::string_view pattern) {
  return static_cast<GeneralName::Type>(prefix_of(pattern) - prefixes.begin());
}

bool fits_pattern(std::string_view text, std::string_view pattern) {
  constexpr auto none = std::string_view::npos;
  std::size_t t = 0, p = 0, star = none, after_star = 0;  // where to go on when what follows the last star fails
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      after_star = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || same_letter(text[t], pattern[p]))) {
      ++t, ++p;
    } else if (star != none) {
      p = star + 1;
      t = ++after_star;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace cmpkit::cmp
