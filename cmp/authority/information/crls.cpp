// crlStatusList (RFC 9483 Section 4.3.4), currentCRL (RFC 9810 Section 5.3.19.6).
#include <algorithm>

#include "cmp/authority/information/rows.h"
#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp::information {
namespace {

using asn1::CRLSource;
using Partitions = std::vector<std::uint32_t>;

Refusal broken(const std::string& text) { return unavailable("body.genm", text); }

bool has_url(const asn1::GeneralNames& names, std::string_view url) {
  return std::ranges::any_of(names, [&](const asn1::GeneralName& name) {
    const auto* uri = std::get_if<asn1::GeneralName::uniformResourceIdentifier>(&name.value);
    return uri != nullptr && uri->text == url;
  });
}

Partitions all_partitions(const CrlIssuer& crls) {
  Partitions out;
  for (std::uint32_t each = 0; each < crls.location().partitions; ++each) out.push_back(each);
  return out;
}

/// A distribution point is compared with ours and never fetched (L-03).
Partitions named_by(const CRLSource& source, const CrlIssuer& crls) {
  Partitions out = all_partitions(crls);
  if (const auto* issuer = std::get_if<CRLSource::issuer>(&source.value)) {
    const bool ours = std::ranges::any_of(*issuer, [&](const asn1::GeneralName& name) {
      return name.directory_name() != nullptr && asn1::same_name(*name.directory_name(), crls.issuer());
    });
    return ours ? out : Partitions{};
  }
  const auto& point = std::get<CRLSource::dpn>(source.value);
  const auto* names = std::get_if<asn1::DistributionPointName::fullName>(&point.value);
  std::erase_if(out, [&](std::uint32_t each) {
    const std::string url = crls.location().url_of(each);
    return url.empty() || names == nullptr || !has_url(*names, url);
  });
  return out;
}

InformationDecision answer_status(CrlIssuer& crls, const InformationRequest& request, Time now) {
  const auto wanted = value_of<asn1::CRLStatusListValue>(request, rules::L_01);
  if (!wanted) return wanted.error();
  asn1::Storage storage;
  asn1::CRLsValue value;
  for (const asn1::CRLStatus& status : *wanted) {
    const Partitions partitions = named_by(status.source, crls);
    if (partitions.empty())
      return refused(rules::S_04, "body.genm.crlStatusList", "there is no CRL of this distribution point or issuer",
                     FailInfo::addInfoNotAvailable);
    for (const std::uint32_t partition : partitions) {
      auto crl = crls.current(partition, now);
      if (!crl) return broken(crl.error());
      if (!status.thisUpdate || status.thisUpdate->time() < crl->this_update)  // L-02
        value.push_back({storage.keep(std::move(crl->der))});
    }
  }
  return tell(asn1::id_it_crls, value.empty() ? std::nullopt : std::optional(asn1::encode(value)));
}

InformationDecision answer_current(CrlIssuer& crls, const InformationRequest& request, Time now) {
  if (auto checked = must_be_absent(request, rules::S_03); !checked) return std::move(checked.error());
  if (crls.location().partitions > 1)
    return refused(rules::S_04, "body.genm.currentCRL",
                   "there is no one CRL for all certificates: ask for crlStatusList with the distribution point",
                   FailInfo::addInfoNotAvailable);
  auto crl = crls.current(0, now);
  if (!crl) return broken(crl.error());
  return tell(asn1::id_it_currentCRL, std::move(crl->der));
}

}  // namespace

Rows crl_rows(const Knowledge& known) {
  if (known.options.crls == nullptr) return {};
  CrlIssuer& crls = *known.options.crls;
  return {
      {asn1::id_it_crlStatusList, false,
       [&crls](const auto& request, Time now) { return answer_status(crls, request, now); }},
      {asn1::id_it_currentCRL, true,
       [&crls](const auto& request, Time now) { return answer_current(crls, request, now); }},
  };
}

}  // namespace cmpkit::cmp::information
