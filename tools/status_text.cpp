#include "tools/status_text.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace cmpkit::tools {
namespace {

std::string number_name(const asn1::Type& type, std::int64_t number) {
  const auto named = std::find_if(type.numbers.begin(), type.numbers.end(),
                                  [&](const asn1::NamedNumber& n) { return n.number == number; });
  return named == type.numbers.end() ? std::to_string(number) : std::string(named->name);
}

}  // namespace

std::string status_name(asn1::PKIStatus status) {
  return number_name(asn1::type_of<asn1::PKIStatus>(), static_cast<std::int64_t>(status));
}

std::vector<std::string> fail_info_names(asn1::PKIFailureInfo fail_info) {
  std::vector<std::string> names;
  for (unsigned bit = 0; bit < 64; ++bit) {
    if (fail_info.has(bit)) names.push_back(number_name(asn1::type_of<asn1::PKIFailureInfo>(), bit));
  }
  return names;
}

std::optional<asn1::PKIFailureInfo::Bit> first_fail_info(asn1::PKIFailureInfo fail_info) {
  for (const asn1::NamedNumber& bit : asn1::type_of<asn1::PKIFailureInfo>().numbers) {
    if (fail_info.has(static_cast<unsigned>(bit.number))) return static_cast<asn1::PKIFailureInfo::Bit>(bit.number);
  }
  return std::nullopt;
}

std::string fail_info_name(asn1::PKIFailureInfo::Bit bit) {
  return number_name(asn1::type_of<asn1::PKIFailureInfo>(), bit);
}

std::string free_text(const std::optional<asn1::PKIFreeText>& text) {
  std::vector<std::string_view> texts;
  if (text) std::transform(text->begin(), text->end(), std::back_inserter(texts), [](const auto& t) { return t.text; });
  return fmt::format("{}", fmt::join(texts, "; "));
}

std::string status_text(const asn1::PKIStatusInfo& info) {
  std::string out = status_name(info.status);
  if (info.failInfo) {
    for (const std::string& name : fail_info_names(*info.failInfo)) out += ", " + name;
  }
  if (info.statusString) out += ": " + free_text(info.statusString);
  return out;
}

}  // namespace cmpkit::tools
