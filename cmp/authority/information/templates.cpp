// certReqTemplate (RFC 9483 Section 4.3.3): what a profile wants, for the client to fill in.
#include <algorithm>
#include <array>

#include "cmp/authority/information/rows.h"
#include "cmp/authority/name_patterns.h"
#include "cmp/crypto/key_algorithm.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp::information {
namespace {

using asn1::GeneralName;

bool has_type(const asn1::RDNSequence& name, asn1::Oid type) {
  return std::ranges::any_of(name, [&](const auto& rdn) { return rdn.front().type == type; });
}

/// A value to fill in, of the string type that the attribute has.
asn1::Any empty_value(asn1::Oid type) {
  if (type == asn1::id_at_countryName || type == asn1::id_at_serialNumber || type == asn1::id_at_dnQualifier)
    return asn1::any<"13 00">;
  if (type == asn1::id_domainComponent || type == asn1::id_emailAddress) return asn1::any<"16 00">;
  return asn1::any<"0C 00">;
}

/// T-03: what is fixed has its value, what is required an empty one.
asn1::RDNSequence subject_of(const ProfileRules& rules) {
  asn1::RDNSequence out = rules.fixed_subject();
  for (const asn1::Oid type : rules.required_attributes())
    if (!has_type(out, type)) out.push_back({asn1::AttributeTypeAndValue{type, empty_value(type)}});
  return out;
}

GeneralName empty_name(GeneralName::Type kind) {
  GeneralName out;
  switch (kind) {
    case GeneralName::rfc822Name:
      out.value.emplace<GeneralName::rfc822Name>();
      break;
    case GeneralName::dNSName:
      out.value.emplace<GeneralName::dNSName>();
      break;
    case GeneralName::uniformResourceIdentifier:
      out.value.emplace<GeneralName::uniformResourceIdentifier>();
      break;
    case GeneralName::iPAddress:
      out.value.emplace<GeneralName::iPAddress>();
      break;
    default:
      break;  // the NULL-DN
  }
  return out;
}

asn1::Extensions extensions_of(const ProfileRules& rules, asn1::Storage& storage) {
  asn1::Extensions out;
  asn1::GeneralNames names;
  for (const std::string& pattern : rules.profile().names_required)
    names.push_back(empty_name(kind_of_pattern(pattern)));
  if (!names.empty()) out.push_back({asn1::id_ce_subjectAltName, false, storage.keep(asn1::encode(names))});
  if (const auto& purposes = rules.default_purposes(); !purposes.empty()) {
    const asn1::ExtKeyUsageSyntax value(purposes.begin(), purposes.end());
    out.push_back({asn1::id_ce_extKeyUsage, false, storage.keep(asn1::encode(value))});
  }
  return out;
}

/// T-02: rsaKeyLen for each usual length, algId for every other type.
asn1::Controls key_wishes(const ProfileRules& rules, asn1::Storage& storage) {
  asn1::Controls out;
  const auto add = [&](asn1::Oid type, Octets value) {
    out.push_back({type, asn1::Any{storage.keep(std::move(value))}});
  };
  for (const KeyType* type : rules.key_types()) {
    if (type->family != KeyFamily::rsa) {
      add(asn1::id_regCtrl_algId, asn1::encode(algorithm_of(*type, storage)));
      continue;
    }
    for (const std::int64_t bits : std::array<std::int64_t, 3>{2048, 3072, 4096})
      if (bits >= rules.min_rsa_bits()) add(asn1::id_regCtrl_rsaKeyLen, asn1::encode(bits));
    if (rules.min_rsa_bits() > 4096)
      add(asn1::id_regCtrl_rsaKeyLen, asn1::encode(static_cast<std::int64_t>(rules.min_rsa_bits())));
  }
  return out;
}

/// T-01: no publicKey, serialNumber, signingAlg or unique identifiers.
Octets template_of(const ProfileRules& rules) {
  asn1::Storage storage;
  asn1::CertReqTemplateContent content;
  if (const auto subject = subject_of(rules); !subject.empty())
    content.certTemplate.subject = asn1::Name{storage.keep(asn1::encode(subject))};
  if (auto extensions = extensions_of(rules, storage); !extensions.empty())
    content.certTemplate.extensions = std::move(extensions);
  if (auto wishes = key_wishes(rules, storage); !wishes.empty()) content.keySpec = std::move(wishes);
  return asn1::encode(content);
}

InformationDecision answer(const Knowledge& known, const InformationRequest& request) {
  if (auto checked = must_be_absent(request, rules::T_01); !checked) return std::move(checked.error());
  const auto profile = request.profile.empty()
                           ? known.profiles.begin()
                           : std::ranges::find(known.profiles, request.profile,
                                               [](const auto& each) { return std::string_view(each.profile().name); });
  if (profile == known.profiles.end())
    return refused(rules::R_09, "certProfile", "there is no certificate profile of the name asked for",
                   FailInfo::badRequest);
  const bool wants_nothing = profile->profile().as_requested;
  return tell(asn1::id_it_certReqTemplate, wants_nothing ? std::nullopt : std::optional(template_of(*profile)));
}

}  // namespace

Rows template_rows(const Knowledge& known) {
  return {{asn1::id_it_certReqTemplate, false, [&](const auto& request, Time) { return answer(known, request); }}};
}

}  // namespace cmpkit::cmp::information
