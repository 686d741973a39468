#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cmp/authority/grant.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {
namespace {

using asn1::Extension;
using asn1::KeyUsage;

Refusal refuse(std::string_view field, std::string_view detail) { return refused(rules::R_09, field, detail); }

// --- the wishes

/// What a new certificate has anew, whatever the old one had.
bool is_made_by_ca(asn1::Oid id) {
  static constexpr std::array made = {asn1::id_ce_subjectKeyIdentifier, asn1::id_ce_authorityKeyIdentifier,
                                      asn1::id_ce_basicConstraints,     asn1::id_ce_cRLDistributionPoints,
                                      asn1::id_pe_authorityInfoAccess,  asn1::id_ce_noRevAvail};
  return std::ranges::find(made, id) != made.end();
}

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
                           id == asn1::id_ce_extKeyUsage || (rules.takes_over(id) && !is_made_by_ca(id));
    const bool added = asn1::find_extension(rules.added_extensions(), id) != nullptr;
    if (inherited && !added && asn1::find_extension(wishes, id) == nullptr) wishes.push_back(extension);
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
  Granting(const KeyType& key, const ProfileRules& rules, const OwnExtensions& own, bool without_subject,
           Differences& differences)
      : key_(key),
        rules_(rules),
        own_(own),
        without_subject_(without_subject),
        differences_(differences),
        purposes_(rules.default_purposes().begin(), rules.default_purposes().end()) {}

  Checked<void> take(const Extension& wish) {
    if (asn1::find_extension(rules_.added_extensions(), wish.extnID) != nullptr) return replace(wish);
    for (const Row& row : rows)
      if (row.id == wish.extnID) return (this->*row.take)(wish);
    return take_other(wish);
  }

  Checked<ExtensionList> finish() {
    // RFC 9483 Section 4.1.1, RFC 5280 Section 4.1.2.6: the names are in one of the two at least.
    if (without_subject_ && !alternative_names_)
      return tl::unexpected(refused(rules::R_02, "subject", "the subject is empty and there is no subjectAltName"));
    if (auto checked = check_allowed_names(names_, rules_.profile()); !checked) return tl::unexpected(checked.error());
    const auto key_usage = grant_key_usage(key_usage_ ? &*key_usage_ : nullptr, key_, rules_, differences_);
    if (!key_usage) return tl::unexpected(key_usage.error());
    ExtensionList out;
    add_constraints(out);
    if (*key_usage) out.add(asn1::id_ce_keyUsage, true, asn1::encode(**key_usage));
    if (!purposes_.empty()) out.add(asn1::id_ce_extKeyUsage, purposes_critical_, asn1::encode(purposes_));
    if (alternative_names_)  // RFC 5280 Section 4.2.1.6: critical where it stands for the subject
      out.add(asn1::id_ce_subjectAltName, without_subject_ || alternative_names_->critical,
              copy_of(alternative_names_->extnValue));
    for (const Extension& extension : others_) add(out, extension);
    for (const Extension& extension : rules_.added_extensions()) add(out, extension);
    add_own(out);
    return out;
  }

 private:
  struct Row {
    asn1::Oid id;
    Checked<void> (Granting::*take)(const Extension&);
  };
  static const std::array<Row, 9> rows;

  static void add(ExtensionList& out, const Extension& extension) {
    out.add(extension.extnID, extension.critical, copy_of(extension.extnValue));
  }

  void add_constraints(ExtensionList& out) const {
    asn1::BasicConstraints constraints;
    if (const auto& length = rules_.profile().ca_path_length) constraints = {true, path_length_.value_or(*length)};
    if (constraints.cA || constraints_asked_ || !rules_.profile().as_requested)
      out.add(asn1::id_ce_basicConstraints, true, asn1::encode(constraints));
  }

  void add_own(ExtensionList& out) const {
    const auto add_value = [&](asn1::Oid id, Bytes value) {
      if (!value.empty()) out.add(id, false, copy_of(value));
    };
    add_value(asn1::id_ce_subjectKeyIdentifier, own_.subject_key_identifier);
    add_value(asn1::id_ce_authorityKeyIdentifier, own_.authority_key_identifier);
    add_value(asn1::id_pe_authorityInfoAccess, own_.information_access);
    // RFC 9608 Section 3: noRevAvail is not critical, and there is no cRLDistributionPoints then
    if (rules_.profile().short_lived)
      out.add(asn1::id_ce_noRevAvail, false, asn1::encode(asn1::NoRevAvail{}));
    else
      add_value(asn1::id_ce_cRLDistributionPoints, own_.distribution_points);
  }

  /// One that the profile or the CA gives, whatever is asked for.
  Checked<void> replace(const Extension& wish) {
    differences_.push_back(asn1::name_of(wish.extnID) + " is that of the CA");
    return {};
  }

  Checked<void> take_key_usage(const Extension& wish) {
    const auto asked = decode_wish<KeyUsage>(wish);
    if (!asked) return tl::unexpected(asked.error());
    key_usage_ = *asked;
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
    auto names = decode_wish<asn1::SubjectAltName>(wish);
    if (!names) return tl::unexpected(names.error());
    if (auto checked = check_alternative_names(*names); !checked) return checked;
    alternative_names_ = wish;
    names_ = std::move(*names);
    return {};
  }

  Checked<void> take_basic_constraints(const Extension& wish) {
    const auto asked = decode_wish<asn1::BasicConstraints>(wish);
    if (!asked) return tl::unexpected(asked.error());
    const auto& longest = rules_.profile().ca_path_length;
    if (!longest && (asked->cA || asked->pathLenConstraint))
      return tl::unexpected(refuse("extensions.basicConstraints", "no CA certificates are issued on request"));
    constraints_asked_ = true;
    if (longest) path_length_ = std::min<std::int64_t>(asked->pathLenConstraint.value_or(*longest), *longest);
    if (longest && (!asked->cA || (asked->pathLenConstraint && asked->pathLenConstraint != path_length_)))
      differences_.emplace_back("basicConstraints is that of the profile");
    return {};
  }

  Checked<void> take_key_identifier(const Extension& wish) {
    if (!same_octets(wish.extnValue, own_.subject_key_identifier))
      differences_.emplace_back("subjectKeyIdentifier is made from the key by the CA");
    return {};
  }

  Checked<void> take_distribution_points(const Extension& wish) {
    return own_.distribution_points.empty() && !rules_.profile().short_lived ? take_other(wish) : replace(wish);
  }

  Checked<void> take_information_access(const Extension& wish) {
    return own_.information_access.empty() ? take_other(wish) : replace(wish);
  }

  /// Whether revocation is told of is not for the holder to say (RFC 9608 Section 3).
  Checked<void> take_no_revocation(const Extension& wish) {
    if (!rules_.profile().short_lived) return leave_out(wish);
    if (wish.critical) return replace(wish);
    return {};
  }

  Checked<void> take_other(const Extension& wish) {
    if (!rules_.takes_over(wish.extnID)) return leave_out(wish);
    others_.push_back(wish);
    return {};
  }

  Checked<void> leave_out(const Extension& wish) {
    const std::string name = asn1::name_of(wish.extnID);
    if (wish.critical)
      return tl::unexpected(
          refuse("extensions", fmt::format("{} is asked for as critical and the profile does not take it", name)));
    differences_.push_back(fmt::format("{} is left out", name));
    return {};
  }

  const KeyType& key_;
  const ProfileRules& rules_;
  const OwnExtensions& own_;
  const bool without_subject_;
  Differences& differences_;
  std::optional<KeyUsage> key_usage_;
  asn1::ExtKeyUsageSyntax purposes_;
  bool purposes_critical_ = false;
  std::optional<Extension> alternative_names_;
  asn1::GeneralNames names_;  // of alternative_names_
  bool constraints_asked_ = false;
  std::optional<std::int64_t> path_length_;
  std::vector<Extension> others_;
};

const std::array<Granting::Row, 9> Granting::rows = {{
    {asn1::id_ce_subjectAltName, &Granting::take_alternative_names},
    {asn1::id_ce_keyUsage, &Granting::take_key_usage},
    {asn1::id_ce_extKeyUsage, &Granting::take_purposes},
    {asn1::id_ce_basicConstraints, &Granting::take_basic_constraints},
    {asn1::id_ce_subjectKeyIdentifier, &Granting::take_key_identifier},
    {asn1::id_ce_authorityKeyIdentifier, &Granting::replace},
    {asn1::id_ce_cRLDistributionPoints, &Granting::take_distribution_points},
    {asn1::id_pe_authorityInfoAccess, &Granting::take_information_access},
    {asn1::id_ce_noRevAvail, &Granting::take_no_revocation},
}};

}  // namespace

Checked<ExtensionList> grant_extensions(const CertificateRequest& request, const KeyType& key,
                                        const ProfileRules& rules, const OwnExtensions& own, bool without_subject,
                                        Differences& differences) {
  const auto wishes = wishes_of(request, rules);
  if (!wishes) return tl::unexpected(wishes.error());
  Granting granting(key, rules, own, without_subject, differences);
  for (const Extension& wish : *wishes)
    if (auto taken = granting.take(wish); !taken) return tl::unexpected(taken.error());
  return granting.finish();
}

}  // namespace cmpkit::cmp
