// caCerts (RFC 9483 Section 4.3.1), rootCaCert (Section 4.3.2), caProtEncCert (RFC 9810 Section 5.3.19.1).
#include <algorithm>

#include "cmp/authority/information/rows.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp::information {
namespace {

asn1::CMPCertificate view(const Octets& certificate) { return {certificate}; }

InformationDecision answer_ca_certificates(const Knowledge& known, const InformationRequest& request) {
  if (auto checked = must_be_absent(request, rules::S_05); !checked) return std::move(checked.error());
  asn1::CaCertsValue value;
  std::ranges::transform(known.options.ca_certificates, std::back_inserter(value), view);
  return tell(asn1::id_it_caCerts, value.empty() ? std::nullopt : std::optional(asn1::encode(value)));
}

Octets encoded(const RootUpdate& update) {
  asn1::RootCaKeyUpdateContent content{view(update.new_with_new), view(update.new_with_old), {}};
  if (update.old_with_new) content.oldWithNew = view(*update.old_with_new);
  return asn1::encode(content);
}

/// A root that we know nothing newer for gets no update; without a root the only one that there is.
InformationDecision answer_root_update(const Knowledge& known, const InformationRequest& request) {
  const auto& updates = known.options.root_updates;
  if (request.value == nullptr) {
    if (updates.size() > 1)
      return refused(rules::S_06, "body.genm.infoValue", "several roots have been updated: name the one meant");
    return tell(asn1::id_it_rootCaKeyUpdate, updates.empty() ? std::nullopt : std::optional(encoded(updates.front())));
  }
  const auto root = value_of<asn1::Certificate>(request, rules::S_06);
  if (!root) return root.error();
  const auto update = std::ranges::find_if(
      updates, [&](const RootUpdate& each) { return same_octets(each.old_root, request.value->tlv); });
  return tell(asn1::id_it_rootCaKeyUpdate, update == updates.end() ? std::nullopt : std::optional(encoded(*update)));
}

InformationDecision answer_encryption_certificate(const Knowledge& known, const InformationRequest& request) {
  if (auto checked = must_be_absent(request, rules::S_03); !checked) return std::move(checked.error());
  return tell(asn1::id_it_caProtEncCert, known.options.encryption_certificate);
}

}  // namespace

Rows certificate_rows(const Knowledge& known) {
  return {
      {asn1::id_it_caCerts, true, [&](const auto& request, Time) { return answer_ca_certificates(known, request); }},
      {asn1::id_it_rootCaCert, false, [&](const auto& request, Time) { return answer_root_update(known, request); }},
      {asn1::id_it_caProtEncCert, false,
       [&](const auto& request, Time) { return answer_encryption_certificate(known, request); }},
  };
}

}  // namespace cmpkit::cmp::information
