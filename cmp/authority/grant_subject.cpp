#include <fmt/format.h>

#include <algorithm>

#include "cmp/authority/grant.h"
#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {
namespace {

using asn1::RDNSequence;
using asn1::RelativeDistinguishedName;

bool has_type(const RDNSequence& name, asn1::Oid type) {
  return std::ranges::any_of(name, [&](const RelativeDistinguishedName& rdn) {
    return std::ranges::any_of(rdn, [&](const asn1::AttributeTypeAndValue& each) { return each.type == type; });
  });
}

Refusal refuse(std::string_view detail) { return refused(rules::R_09, "subject", detail); }

Checked<void> check_attributes(const RDNSequence& asked, const ProfileRules& rules) {
  for (const auto& rdn : asked)
    for (const auto& each : rdn)
      if (!rules.allows_attribute(each.type))
        return tl::unexpected(refuse(fmt::format("the profile allows no {} in it", asn1::name_of(each.type))));
  return {};
}

/// The name without attributes of the types that `fixed` has.
RDNSequence without(const RDNSequence& name, const RDNSequence& fixed) {
  RDNSequence out;
  for (const auto& rdn : name) {
    RelativeDistinguishedName rest;
    std::ranges::copy_if(rdn, std::back_inserter(rest), [&](const auto& each) { return !has_type(fixed, each.type); });
    if (!rest.empty()) out.push_back(std::move(rest));
  }
  return out;
}

/// The parts of `defaults` of whose type `name` has nothing.
RDNSequence missing_in(const RDNSequence& name, const RDNSequence& defaults) {
  RDNSequence out;
  std::ranges::copy_if(defaults, std::back_inserter(out),
                       [&](const auto& rdn) { return !has_type(name, rdn.front().type); });
  return out;
}

RDNSequence joined(const RDNSequence& a, const RDNSequence& b, const RDNSequence& c) {
  RDNSequence out = a;
  out.insert(out.end(), b.begin(), b.end());
  out.insert(out.end(), c.begin(), c.end());
  return out;
}

}  // namespace

Checked<Octets> grant_subject(asn1::Name asked, const ProfileRules& rules, Differences& differences) {
  const auto name = asked.decode();
  if (!name) return tl::unexpected(refuse(name.error().text()));
  if (auto checked = check_attributes(*name, rules); !checked) return tl::unexpected(checked.error());

  const RDNSequence own = without(*name, rules.fixed_subject());
  const RDNSequence granted =
      joined(rules.fixed_subject(), missing_in(joined(rules.fixed_subject(), own, {}), rules.default_subject()), own);
  for (const asn1::Oid type : rules.required_attributes())
    if (!has_type(granted, type))
      return tl::unexpected(refuse(fmt::format("the profile wants {} in it", asn1::name_of(type))));

  Octets der = asn1::encode(granted);
  if (asn1::same_name({der}, asked)) return copy_of(is_null_dn(asked) ? asn1::null_dn.tlv : asked.tlv);
  differences.push_back(fmt::format("the subject is {}", asn1::name_text({der})));
  return der;
}

}  // namespace cmpkit::cmp
