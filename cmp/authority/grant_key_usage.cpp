#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cmp/authority/grant.h"

namespace cmpkit::cmp {
namespace {

using asn1::KeyUsage;

std::string names_of(std::uint64_t bits) {
  std::vector<std::string_view> names;
  for (const asn1::NamedNumber& bit : asn1::type_of<KeyUsage>().numbers)
    if (((bits >> bit.number) & 1U) != 0) names.push_back(bit.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

KeyUsage usage_of(std::initializer_list<KeyUsage::Bit> bits) {
  KeyUsage out;
  for (const auto bit : bits) out.set(bit);
  return out;
}

/// What a key can be used for at all: RFC 3279, RFC 5480, RFC 8410, RFC 9881, RFC 9909, RFC 9935, each in its section
/// on keyUsage. The bits of CAs are left out.
KeyUsage possible_usage(KeyFamily family) {
  switch (family) {
    case KeyFamily::rsa:
      return usage_of({KeyUsage::digitalSignature, KeyUsage::nonRepudiation, KeyUsage::keyEncipherment,
                       KeyUsage::dataEncipherment});
    case KeyFamily::ec:
      return usage_of({KeyUsage::digitalSignature, KeyUsage::nonRepudiation, KeyUsage::keyAgreement,
                       KeyUsage::encipherOnly, KeyUsage::decipherOnly});
    case KeyFamily::x25519:
    case KeyFamily::x448:
      return usage_of({KeyUsage::keyAgreement, KeyUsage::encipherOnly, KeyUsage::decipherOnly});
    case KeyFamily::ml_kem:
      return usage_of({KeyUsage::keyEncipherment});
    case KeyFamily::ed25519:
    case KeyFamily::ed448:
    case KeyFamily::ml_dsa:
    case KeyFamily::slh_dsa:
      return usage_of({KeyUsage::digitalSignature, KeyUsage::nonRepudiation});
  }
  return {};
}

KeyUsage usual_usage(const KeyType& key) {
  if (key.can_sign) return usage_of({KeyUsage::digitalSignature});
  return usage_of({key.family == KeyFamily::ml_kem ? KeyUsage::keyEncipherment : KeyUsage::keyAgreement});
}

/// The two that CAs have and a key that signs can have.
KeyUsage possible_in(const CertificateProfile& profile, const KeyType& key) {
  KeyUsage out = possible_usage(key.family);
  if (profile.ca_path_length && key.can_sign) out.set(KeyUsage::keyCertSign).set(KeyUsage::cRLSign);
  return out;
}

/// Where none is asked for: the profile's, else the usual one, else whatever the profile allows for such a key.
KeyUsage default_usage(const ProfileRules& rules, const KeyType& key, KeyUsage possible) {
  KeyUsage wanted = rules.default_key_usage();
  if (wanted.bits == 0) wanted = usual_usage(key);
  wanted.bits &= possible.bits;
  return wanted.bits != 0 ? wanted : possible;
}

Refusal refuse(std::string_view field, std::string_view detail) { return refused(rules::R_09, field, detail); }

}  // namespace

Checked<std::optional<KeyUsage>> grant_key_usage(const KeyUsage* wish, const KeyType& key, const ProfileRules& rules,
                                                 Differences& differences) {
  if (wish == nullptr && rules.profile().as_requested) return std::nullopt;
  KeyUsage possible = possible_in(rules.profile(), key);
  possible.bits &= rules.key_usage().bits | rules.default_key_usage().bits;
  if (wish == nullptr) {
    const KeyUsage usage = default_usage(rules, key, possible);
    if (usage.bits != 0) return usage;
    return tl::unexpected(refuse("publicKey", fmt::format("the profile has no use for a key of type {}", key.name)));
  }
  if (!rules.profile().ca_path_length && (wish->has(KeyUsage::keyCertSign) || wish->has(KeyUsage::cRLSign)))
    return tl::unexpected(refuse("extensions.keyUsage", "keyCertSign and cRLSign are for CAs; none is made here"));
  KeyUsage granted = *wish;
  granted.bits &= possible.bits;
  if (granted.bits == 0)
    return tl::unexpected(
        refuse("extensions.keyUsage",
               fmt::format("the profile allows nothing of [{}] for a key of type {}", names_of(wish->bits), key.name)));
  if (granted != *wish)
    differences.push_back(fmt::format("keyUsage is without {}", names_of(wish->bits & ~granted.bits)));
  return granted;
}

}  // namespace cmpkit::cmp
