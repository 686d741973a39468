// The kinds of general messages that a CA answers, a row each; one file per family gives its rows.
#pragma once

#include <functional>
#include <vector>

#include "cmp/authority/profile_rules.h"
#include "cmpkit/asn1/pkimessage.h"
#include "cmpkit/cmp/ca_information.h"

namespace cmpkit::cmp::information {

struct Row {
  asn1::Oid type;
  bool general;  // InformationSource::is_general()
  std::function<InformationDecision(const InformationRequest&, Time)> answer;
};
using Rows = std::vector<Row>;

/// What the rows look at; outlives them.
struct Knowledge {
  CaInformationOptions options;
  std::vector<ProfileRules> profiles;
};

Rows certificate_rows(const Knowledge& known);  // caCerts, rootCaCert, caProtEncCert
Rows template_rows(const Knowledge& known);     // certReqTemplate
Rows crl_rows(const Knowledge& known);          // crlStatusList, currentCRL
Rows algorithm_rows(const Knowledge& known);    // signKeyPairTypes, encKeyPairTypes, preferredSymmAlg, keyPairParamReq
Rows language_rows(const Knowledge& known);     // suppLangTags

// --- for the rows

inline InformationDecision tell(asn1::Oid type, std::optional<Octets> value) {
  return std::vector<Information>{{type, std::move(value)}};
}

/// Where the RFC says that infoValue is absent. NULL is taken for absent (S-03).
Checked<void> must_be_absent(const InformationRequest& request, const Rule& rule);

/// The value of the question; absent or unreadable: a refusal by this rule.
template <class T>
Checked<T> value_of(const InformationRequest& request, const Rule& rule) {
  if (request.value == nullptr)
    return tl::unexpected(refused(rule, "body.genm.infoValue", "the question has no value", FailInfo::badRequest));
  auto value = asn1::decode<T>(request.value->tlv);
  if (!value)
    return tl::unexpected(refused(rule, "body.genm.infoValue", value.error().text(), FailInfo::badDataFormat));
  return std::move(*value);
}

}  // namespace cmpkit::cmp::information
