#include <fmt/format.h>

#include "cmp/authority/grant.h"

namespace cmpkit::cmp {

Checked<const KeyType*> grant_key(Bytes public_key, const ProfileRules& rules, const Crypto& crypto) {
  const auto description = crypto.describe(public_key);
  if (!description) {
    const bool unknown = description.error().kind == CryptoError::Kind::unknown_algorithm ||
                         description.error().kind == CryptoError::Kind::bad_parameters;
    return tl::unexpected(refused(rules::R_09, "publicKey", description.error().text,
                                  unknown ? FailInfo::badAlg : FailInfo::badCertTemplate));
  }
  if (!rules.allows_key(*description))
    return tl::unexpected(refused(rules::R_09, "publicKey",
                                  fmt::format("no certificate for a key of type {}; the profile takes: {}",
                                              description->name, rules.keys_text())));
  const auto key = asn1::decode<asn1::SubjectPublicKeyInfo>(public_key);
  const auto type =
      key ? key_type(key->algorithm) : tl::unexpected(CryptoError{CryptoError::Kind::bad_key, key.error().text()});
  if (!type) return tl::unexpected(refused(rules::R_09, "publicKey", type.error().text, FailInfo::badAlg));
  return *type;
}

}  // namespace cmpkit::cmp
