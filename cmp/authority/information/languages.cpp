// suppLangTags (RFC 9810 Section 5.3.19.13): one of the client's languages that we have texts in.
#include <algorithm>

#include "cmp/authority/information/rows.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp::information {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// RFC 4647 Section 3.4: `en-GB` is served by `en`.
bool serves(std::string_view ours, std::string_view wanted) {
  if (wanted.size() > ours.size() && wanted[ours.size()] == '-') wanted = wanted.substr(0, ours.size());
  return std::ranges::equal(ours, wanted, {}, lower, lower);
}

InformationDecision answer(const Knowledge& known, const InformationRequest& request) {
  const auto wanted = value_of<asn1::SuppLangTagsValue>(request, rules::S_09);
  if (!wanted) return wanted.error();
  for (const asn1::UTF8String& tag : *wanted)
    if (std::ranges::any_of(known.options.languages, [&](const auto& ours) { return serves(ours, tag.text); }))
      return tell(asn1::id_it_suppLangTags, asn1::encode(asn1::SuppLangTagsValue{tag}));
  return refused(rules::S_09, "body.genm.infoValue", "there are texts in none of these languages");
}

}  // namespace

Rows language_rows(const Knowledge& known) {
  return {{asn1::id_it_suppLangTags, false, [&](const auto& request, Time) { return answer(known, request); }}};
}

}  // namespace cmpkit::cmp::information
