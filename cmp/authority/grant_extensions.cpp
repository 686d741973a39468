#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "cmp/authority/grant.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {
namespace {

using asn1::Extension;
using asn1::KeyUsage;

Refusal refuse(std::string_view field, std::string_view detail) { return refused(rules::R_09, field, detail); }

// --- keyUsage

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

// --- the wishes

/// The extensions asked for; for a key update also those of the certificate to update that need not be repeated.
/// RFC 9483 Section 4.1.3: the template should hold only the names and the public key.
Checked<asn1::Extensions> wishes_of(const CertificateRequest& request, const ProfileRules& rules) {
  asn1::Extensions wishes = request.extensions == nullptr ? asn1::Extensions{} : *request.extensions;
  for (auto it = wishes.begin(); it != wishes.end(); ++it)
    if (std::any_of(wishes.begin(), it, [&](const Extension& other) { return other.extnID == it->extnID; }))
      return tl::unexpected(refuse("extensions", asn1::name_of(it->extnID) + " is asked for twice"));
  if (request.old_certificate.empty()) return wishes;

  const auto old = CertificateView::decode(request.old_certificate);
  if (!old) return tl::unexpected(refuse("oldCertId", "the certificate to update: " + old.error().text()));
  for (const Extension& extension : old->asn1().tbsCertificate.extensions.value_or(asn1::Extensions{})) {
    const asn1::Oid id = extension.extnID;
    const bool inherited = id == asn1::id_ce_subjectAltName || id == asn1::id_ce_keyUsage ||
                           id == asn1::id_ce_extKeyUsage || rules.takes_over(id);
    if (inherited && asn1::find_extension(wishes, id) == nullptr) wishes.push_back(extension);
  }
  return wishes;
}

template <class T>
Checked<T> decode_wish(const Extension& wish) {
  const auto value = asn1::decode<T>(wish.extnValue);
  if (!value)
    return tl::unexpected(refuse("extensions", asn1::name_of(wish.extnID) + " is unreadable: " + value.error().text()));
  return *value;
}

// --- the decision

class Granting {
 public:
  Granting(const KeyType& key, const ProfileRules& rules, bool without_subject, Bytes own_identifier,
           Differences& differences)
      : key_(key),
        rules_(rules),
        without_subject_(without_subject),
        own_identifier_(own_identifier),
        differences_(differences),
        purposes_(rules.default_purposes().begin(), rules.default_purposes().end()) {}

  Checked<void> take(const Extension& wish) {
    for (const Row& row : rows)
      if (row.id == wish.extnID) return (this->*row.take)(wish);
    return take_other(wish);
  }

  Checked<ExtensionList> finish() {
    // RFC 9483 Section 4.1.1, RFC 5280 Section 4.1.2.6: the names are in one of the two at least.
    if (without_subject_ && !alternative_names_)
      return tl::unexpected(refused(rules::R_02, "subject", "the subject is empty and there is no subjectAltName"));
    const KeyUsage key_usage = key_usage_.value_or(default_key_usage());
    if (key_usage.bits == 0)
      return tl::unexpected(refuse("publicKey", fmt::format("the profile has no use for a key of type {}", key_.name)));
    ExtensionList out;
    out.add(asn1::id_ce_basicConstraints, true, asn1::encode(asn1::BasicConstraints{}));
    out.add(asn1::id_ce_keyUsage, true, asn1::encode(key_usage));
    if (!purposes_.empty()) out.add(asn1::id_ce_extKeyUsage, purposes_critical_, asn1::encode(purposes_));
    if (alternative_names_)  // RFC 5280 Section 4.2.1.6: critical where it stands for the subject
      out.add(asn1::id_ce_subjectAltName, without_subject_ || alternative_names_->critical,
              copy_of(alternative_names_->extnValue));
    for (const Extension& extension : others_)
      out.add(extension.extnID, extension.critical, copy_of(extension.extnValue));
    return out;
  }

 private:
  struct Row {
    asn1::Oid id;
    Checked<void> (Granting::*take)(const Extension&);
  };
  static const std::array<Row, 6> rows;

  /// What the profile allows of `usage` for this key.
  [[nodiscard]] KeyUsage allowed(KeyUsage usage) const {
    usage.bits &= rules_.key_usage().bits & possible_usage(key_.family).bits;
    return usage;
  }

  /// Where none is asked for: the usual one, or whatever the profile allows for such a key.
  [[nodiscard]] KeyUsage default_key_usage() const {
    const KeyUsage usual = allowed(usual_usage(key_));
    return usual.bits != 0 ? usual : allowed(possible_usage(key_.family));
  }

  Checked<void> take_key_usage(const Extension& wish) {
    const auto asked = decode_wish<KeyUsage>(wish);
    if (!asked) return tl::unexpected(asked.error());
    if (asked->has(KeyUsage::keyCertSign) || asked->has(KeyUsage::cRLSign))
      return tl::unexpected(refuse("extensions.keyUsage", "keyCertSign and cRLSign are for CAs; none is made here"));
    const KeyUsage granted = allowed(*asked);
    if (granted.bits == 0)
      return tl::unexpected(refuse(
          "extensions.keyUsage",
          fmt::format("the profile allows nothing of [{}] for a key of type {}", names_of(asked->bits), key_.name)));
    if (granted != *asked)
      differences_.push_back(fmt::format("keyUsage is without {}", names_of(asked->bits & ~granted.bits)));
    key_usage_ = granted;
    return {};
  }

  Checked<void> take_purposes(const Extension& wish) {
    auto asked = decode_wish<asn1::ExtKeyUsageSyntax>(wish);
    if (!asked) return tl::unexpected(asked.error());
    for (const asn1::Oid purpose : *asked)
      if (!rules_.allows_purpose(purpose))
        return tl::unexpected(
            refuse("extensions.extKeyUsage", fmt::format("the profile does not give {}", asn1::name_of(purpose))));
    purposes_ = std::move(*asked);
    purposes_critical_ = wish.critical;
    return {};
  }

  Checked<void> take_alternative_names(const Extension& wish) {
    const auto names = decode_wish<asn1::SubjectAltName>(wish);
    if (!names) return tl::unexpected(names.error());
    if (auto checked = check_alternative_names(*names); !checked) return checked;
    alternative_names_ = wish;
    return {};
  }

  Checked<void> take_basic_constraints(const Extension& wish) {
    const auto asked = decode_wish<asn1::BasicConstraints>(wish);
    if (!asked) return tl::unexpected(asked.error());
    if (asked->cA || asked->pathLenConstraint)
      return tl::unexpected(refuse("extensions.basicConstraints", "no CA certificates are issued on request"));
    return {};
  }

  Checked<void> take_key_identifier(const Extension& wish) {
    if (!same_octets(wish.extnValue, own_identifier_))
      differences_.emplace_back("subjectKeyIdentifier is made from the key by the CA");
    return {};
  }

  Checked<void> take_authority_identifier(const Extension&) {
    differences_.emplace_back("authorityKeyIdentifier is that of the CA");
    return {};
  }

  Checked<void> take_other(const Extension& wish) {
    if (rules_.takes_over(wish.extnID)) {
      others_.push_back(wish);
      return {};
    }
    const std::string name = asn1::name_of(wish.extnID);
    if (wish.critical)
      return tl::unexpected(
          refuse("extensions", fmt::format("{} is asked for as critical and the profile does not take it", name)));
    differences_.push_back(fmt::format("{} is left out", name));
    return {};
  }

  const KeyType& key_;
  const ProfileRules& rules_;
  const bool without_subject_;
  const Bytes own_identifier_;
  Differences& differences_;
  std::optional<KeyUsage> key_usage_;
  asn1::ExtKeyUsageSyntax purposes_;
  bool purposes_critical_ = false;
  std::optional<Extension> alternative_names_;
  std::vector<Extension> others_;
};

const std::array<Granting::Row, 6> Granting::rows = {{
    {asn1::id_ce_subjectAltName, &Granting::take_alternative_names},
    {asn1::id_ce_keyUsage, &Granting::take_key_usage},
    {asn1::id_ce_extKeyUsage, &Granting::take_purposes},
    {asn1::id_ce_basicConstraints, &Granting::take_basic_constraints},
    {asn1::id_ce_subjectKeyIdentifier, &Granting::take_key_identifier},
    {asn1::id_ce_authorityKeyIdentifier, &Granting::take_authority_identifier},
}};

}  // namespace

Checked<ExtensionList> grant_extensions(const CertificateRequest& request, const KeyType& key,
                                        const ProfileRules& rules, Bytes own_identifier, Differences& differences) {
  const auto wishes = wishes_of(request, rules);
  if (!wishes) return tl::unexpected(wishes.error());
  Granting granting(key, rules, is_null_dn(request.subject), own_identifier, differences);
  for (const Extension& wish : *wishes)
    if (auto taken = granting.take(wish); !taken) return tl::unexpected(taken.error());
  return granting.finish();
}

}  // namespace cmpkit::cmp
