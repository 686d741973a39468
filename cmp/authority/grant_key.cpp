#include <fmt/format.h>

#include "cmp/authority/grant.h"

namespace cmpkit::cmp {

Checked<const KeyType*> grant_key(Bytes public_key, const ProfileRules& rules, const Crypto& crypto) {
  const auto info = asn1::decode<asn1::SubjectPublicKeyInfo>(public_key);
  if (!info) return tl::unexpected(refused(rules::R_09, "publicKey", info.error().text()));
  const auto type = key_type(info->algorithm);
  if (!type) return tl::unexpected(refused(rules::R_09, "publicKey", type.error().text, FailInfo::badAlg));
  const auto description = crypto.describe(public_key);
  if (!description) return tl::unexpected(refused(rules::R_09, "publicKey", description.error().text));
  if (!rules.allows_key(*description))
    return tl::unexpected(refused(rules::R_09, "publicKey",
                                  fmt::format("no certificate for a key of type {}; the profile takes: {}",
                                              description->name, rules.keys_text())));
  return *type;
}

}  // namespace cmpkit::cmp
