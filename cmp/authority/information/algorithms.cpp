// signKeyPairTypes, encKeyPairTypes, preferredSymmAlg (RFC 9810 Sections 5.3.19.2 to 5.3.19.4), keyPairParamReq
// (Section 5.3.19.10): what the profiles take.
#include <algorithm>

#include "cmp/authority/information/rows.h"
#include "cmp/crypto/key_algorithm.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp::information {
namespace {

/// The types of keys that a profile takes, each once.
std::vector<const KeyType*> key_types(const Knowledge& known) {
  std::vector<const KeyType*> out;
  for (const ProfileRules& rules : known.profiles)
    for (const KeyType* type : rules.key_types())
      if (std::ranges::find(out, type) == out.end()) out.push_back(type);
  return out;
}

bool can_encrypt(const KeyType& key) {
  return !key.can_sign || key.family == KeyFamily::ec || key.family == KeyFamily::rsa;
}

InformationDecision answer_types(const Knowledge& known, const InformationRequest& request,
                                 const std::function<bool(const KeyType&)>& fits) {
  if (auto checked = must_be_absent(request, rules::S_07); !checked) return std::move(checked.error());
  asn1::Storage storage;
  asn1::SignKeyPairTypesValue value;
  for (const KeyType* type : key_types(known))
    if (fits(*type)) value.push_back(algorithm_of(*type, storage));
  if (value.empty())
    return refused(rules::S_04, "body.genm.infoType", "no profile takes such keys", FailInfo::addInfoNotAvailable);
  return tell(request.type, asn1::encode(value));
}

InformationDecision answer_symmetric(const InformationRequest& request) {
  if (auto checked = must_be_absent(request, rules::S_03); !checked) return std::move(checked.error());
  return tell(asn1::id_it_preferredSymmAlg, asn1::encode(asn1::AlgorithmIdentifier{asn1::id_aes128_CBC, {}}));
}

/// Absent where no profile takes such keys.
InformationDecision answer_parameters(const Knowledge& known, const InformationRequest& request) {
  const auto algorithm = value_of<asn1::Oid>(request, rules::S_08);
  if (!algorithm) return algorithm.error();
  const auto types = key_types(known);
  const auto type = std::ranges::find(types, *algorithm, &KeyType::algorithm);
  asn1::Storage storage;
  return tell(asn1::id_it_keyPairParamRep,
              type == types.end() ? std::nullopt : std::optional(asn1::encode(algorithm_of(**type, storage))));
}

}  // namespace

Rows algorithm_rows(const Knowledge& known) {
  return {
      {asn1::id_it_signKeyPairTypes, true,
       [&](const auto& request, Time) { return answer_types(known, request, &KeyType::can_sign); }},
      {asn1::id_it_encKeyPairTypes, true,
       [&](const auto& request, Time) { return answer_types(known, request, can_encrypt); }},
      {asn1::id_it_preferredSymmAlg, true, [](const auto& request, Time) { return answer_symmetric(request); }},
      {asn1::id_it_keyPairParamReq, false,
       [&](const auto& request, Time) { return answer_parameters(known, request); }},
  };
}

}  // namespace cmpkit::cmp::information
