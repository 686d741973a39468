#include "cmp/authority/profile_rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "cmp/authority/name_patterns.h"
#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/keys.h"

namespace cmpkit::cmp {
namespace {

constexpr std::string_view rsa_prefix = "rsa:";
constexpr std::string_view kinds[] = {"ec", "ml-dsa", "slh-dsa", "ml-kem"};

/// The number after `rsa:`; 0 where there is none.
unsigned rsa_bits(std::string_view name) {
  unsigned bits = 0;
  if (!name.starts_with(rsa_prefix)) return 0;
  const std::string_view digits = name.substr(rsa_prefix.size());
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  return error == std::errc{} && end == digits.data() + digits.size() ? bits : 0;
}

/// `ec` names `ec:P-256`, `ml-dsa` names `ml-dsa-65`.
bool names_kind_of(std::string_view entry, std::string_view key) {
  return std::ranges::find(kinds, entry) != std::end(kinds) && key.starts_with(entry) && key.size() > entry.size() &&
         (key[entry.size()] == ':' || key[entry.size()] == '-');
}

bool is_known_key(std::string_view entry) {
  if (std::ranges::find(kinds, entry) != std::end(kinds)) return true;
  const KeyType* type = key_type_named(entry);
  return type != nullptr && type->family != KeyFamily::rsa && type->name == entry;
}

constexpr std::string_view everything = "*";

bool allows_everything(const std::vector<std::string>& texts) {
  return std::ranges::find(texts, everything) != texts.end();
}

/// The octets that pairs of hexadecimal digits spell.
std::optional<Octets> octets_of_hexadecimal(std::string_view text) {
  if (text.empty() || text.size() % 2 != 0) return std::nullopt;
  Octets out(text.size() / 2);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto [end, error] = std::from_chars(text.data() + 2 * i, text.data() + 2 * i + 2, out[i], 16);
    if (error != std::errc{} || end != text.data() + 2 * i + 2) return std::nullopt;
  }
  return out;
}

bool contains(const std::vector<asn1::Oid>& oids, asn1::Oid oid) { return std::ranges::find(oids, oid) != oids.end(); }

}  // namespace

tl::expected<ProfileRules, std::string> ProfileRules::read(CertificateProfile profile) {
  ProfileRules rules(std::move(profile));
  const CertificateProfile& read = rules.profile_;
  for (const Checked& result :
       {rules.check_times(), rules.check_kind(), rules.read_keys(),
        rules.read_key_usage("key_usage", read.key_usage, rules.key_usage_),
        rules.read_key_usage("default_key_usage", read.default_key_usage, rules.default_key_usage_),
        rules.read_oids("purposes", read.purposes, rules.purposes_),
        rules.read_oids("default_purposes", read.default_purposes, rules.default_purposes_),
        rules.read_oids("extensions", read.extensions, rules.extensions_),
        rules.read_attributes("subject_required", read.subject_required, rules.required_attributes_),
        rules.read_attributes("subject_allowed", read.subject_allowed, rules.allowed_attributes_),
        rules.read_subject("subject_fixed", read.subject_fixed, rules.fixed_subject_),
        rules.read_subject("subject_default", read.subject_default, rules.default_subject_),
        read_patterns("names_allowed", read.names_allowed), read_patterns("names_required", read.names_required)})
    if (!result) return tl::unexpected(result.error());
  for (const std::string& text : read.added_extensions)
    if (auto result = rules.read_added_extension(text); !result) return tl::unexpected(result.error());
  return rules;
}

tl::expected<void, std::string> ProfileRules::check_times() const {
  if (profile_.validity <= std::chrono::seconds::zero())
    return tl::unexpected(std::string("validity is not above zero"));
  if (profile_.backdate < std::chrono::seconds::zero() || profile_.backdate >= profile_.validity)
    return tl::unexpected(std::string("backdate is below zero or not below validity"));
  return {};
}

tl::expected<void, std::string> ProfileRules::check_kind() const {
  if (profile_.short_lived && profile_.ca_path_length)  // RFC 9608 Section 3
    return tl::unexpected(std::string("short_lived is not for the certificates of CAs"));
  return {};
}

tl::expected<void, std::string> ProfileRules::read_keys() {
  if (profile_.keys.empty()) return tl::unexpected(std::string("keys is empty: no key could be certified"));
  for (const std::string& entry : profile_.keys) {
    const unsigned bits = rsa_bits(entry);
    if (bits != 0 && bits < 2048)
      return tl::unexpected(fmt::format("keys: \"{}\" is too small, RSA keys have 2048 bits at the least", entry));
    if (bits == 0 && !is_known_key(entry))
      return tl::unexpected(fmt::format(
          "keys: \"{}\" is not known; write for example \"ec\", \"ec:P-256\", \"rsa:2048\", \"ed25519\", \"ml-dsa-65\"",
          entry));
    if (bits != 0) min_rsa_bits_ = min_rsa_bits_ == 0 ? bits : std::min(min_rsa_bits_, bits);
  }
  return {};
}

tl::expected<void, std::string> ProfileRules::read_key_usage(const char* setting, const std::vector<std::string>& texts,
                                                             asn1::KeyUsage& out) const {
  const auto bits = asn1::type_of<asn1::KeyUsage>().numbers;
  for (const std::string& text : texts) {
    const auto bit = std::ranges::find(bits, text, &asn1::NamedNumber::name);
    const bool for_cas =
        bit != bits.end() && (bit->number == asn1::KeyUsage::keyCertSign || bit->number == asn1::KeyUsage::cRLSign);
    if (bit == bits.end() || (for_cas && !profile_.ca_path_length))
      return tl::unexpected(
          fmt::format("{}: \"{}\" is no keyUsage of an end entity, such as "
                      "\"digitalSignature\", \"keyEncipherment\", \"keyAgreement\"",
                      setting, text));
    out.set(static_cast<unsigned>(bit->number));
  }
  return {};
}

tl::expected<void, std::string> ProfileRules::read_oids(const char* setting, const std::vector<std::string>& texts,
                                                        std::vector<asn1::Oid>& out) {
  for (const std::string& text : texts) {
    if (text == everything) continue;
    const auto oid = asn1::find_oid(text, storage_);
    if (!oid)
      return tl::unexpected(
          fmt::format("{}: \"{}\" is neither a known name nor a dotted object identifier", setting, text));
    out.push_back(*oid);
  }
  return {};
}

/// A type that parse_name() knows, by way of a name that has nothing else.
tl::expected<void, std::string> ProfileRules::read_attributes(const char* setting,
                                                              const std::vector<std::string>& texts,
                                                              std::vector<asn1::Oid>& out) {
  for (const std::string& text : texts) {
    asn1::RDNSequence name;
    if (const bool plain = text.find_first_of("/=+\\") == std::string::npos; plain)
      if (const auto read = read_subject(setting, fmt::format("/{}=XX", text), name); read && name.size() == 1) {
        out.push_back(name.front().front().type);
        continue;
      }
    return tl::unexpected(
        fmt::format("{}: \"{}\" is no attribute of a name, such as \"CN\", \"O\", \"serialNumber\"", setting, text));
  }
  return {};
}

tl::expected<void, std::string> ProfileRules::read_subject(const char* setting, const std::string& text,
                                                           asn1::RDNSequence& out) {
  auto der = asn1::parse_name(text);
  if (!der) return tl::unexpected(fmt::format("{}: \"{}\" is not a name: {}", setting, text, der.error()));
  out = asn1::decode<asn1::RDNSequence>(storage_.keep(std::move(*der))).value();
  return {};
}

tl::expected<void, std::string> ProfileRules::read_patterns(const char* setting,
                                                            const std::vector<std::string>& texts) {
  for (const std::string& text : texts)
    if (!is_name_pattern(text))
      return tl::unexpected(fmt::format(
          "{}: \"{}\" does not begin with the kind of name, such as \"DNS:*.example.com\", \"IP:*\", \"URI:*\"",
          setting, text));
  return {};
}

tl::expected<void, std::string> ProfileRules::read_added_extension(const std::string& text) {
  const auto wrong = [&](std::string_view what) {
    return tl::unexpected(fmt::format(
        "added_extensions: \"{}\" {}; write for example \"1.2.3.4=DER:0500\" or \"1.2.3.4=critical,DER:0500\"", text,
        what));
  };
  const auto sign = text.find('=');
  const auto oid = asn1::find_oid(text.substr(0, sign), storage_);
  if (sign == std::string::npos || !oid) return wrong("does not begin with a known name or a dotted identifier");
  std::string_view value = std::string_view(text).substr(sign + 1);
  constexpr std::string_view critical = "critical,", der = "DER:";
  const bool is_critical = value.starts_with(critical);
  if (is_critical) value.remove_prefix(critical.size());
  if (!value.starts_with(der)) return wrong("has no DER:");
  auto octets = octets_of_hexadecimal(value.substr(der.size()));
  if (!octets || !asn1::decode<asn1::Any>(*octets)) return wrong("has a value that is not the digits of one DER value");
  added_extensions_.push_back({*oid, is_critical, storage_.keep(std::move(*octets))});
  return {};
}

bool ProfileRules::allows_key(const KeyDescription& key) const {
  if (const unsigned bits = rsa_bits(key.name); bits != 0) return min_rsa_bits_ != 0 && bits >= min_rsa_bits_;
  return std::ranges::any_of(
      profile_.keys, [&](const std::string& entry) { return entry == key.name || names_kind_of(entry, key.name); });
}

bool ProfileRules::allows_purpose(asn1::Oid purpose) const {
  // RFC 9810 Section 8.10: who acts for a CMP authority is not decided by who asks
  const bool special = purpose == asn1::id_kp_cmcCA || purpose == asn1::id_kp_cmcRA || purpose == asn1::id_kp_cmKGA;
  return contains(purposes_, purpose) || contains(default_purposes_, purpose) ||
         (!special && allows_everything(profile_.purposes));
}

bool ProfileRules::takes_over(asn1::Oid extension) const {
  return contains(extensions_, extension) || allows_everything(profile_.extensions);
}

bool ProfileRules::allows_attribute(asn1::Oid type) const {
  return allowed_attributes_.empty() || contains(allowed_attributes_, type) || contains(required_attributes_, type);
}

std::vector<const KeyType*> ProfileRules::key_types() const {
  std::vector<const KeyType*> out;
  for (const KeyType& type : known_key_types()) {
    const bool taken = type.family == KeyFamily::rsa ? min_rsa_bits_ != 0
                                                     : allows_key({std::string(type.name), type.bits, type.can_sign});
    if (taken) out.push_back(&type);
  }
  return out;
}

std::string ProfileRules::keys_text() const { return fmt::format("{}", fmt::join(profile_.keys, ", ")); }

}  // namespace cmpkit::cmp
