#include "cmp/authority/profile_rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

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

bool contains(const std::vector<asn1::Oid>& oids, asn1::Oid oid) { return std::ranges::find(oids, oid) != oids.end(); }

}  // namespace

tl::expected<ProfileRules, std::string> ProfileRules::read(CertificateProfile profile) {
  ProfileRules rules(std::move(profile));
  const CertificateProfile& read = rules.profile_;
  if (read.validity <= std::chrono::seconds::zero()) return tl::unexpected(std::string("validity is not above zero"));
  if (read.backdate < std::chrono::seconds::zero() || read.backdate >= read.validity)
    return tl::unexpected(std::string("backdate is below zero or not below validity"));
  if (auto result = rules.read_keys(); !result) return tl::unexpected(result.error());
  if (auto result = rules.read_key_usage(); !result) return tl::unexpected(result.error());
  for (auto result : {rules.read_oids("purposes", read.purposes, rules.purposes_),
                      rules.read_oids("default_purposes", read.default_purposes, rules.default_purposes_),
                      rules.read_oids("extensions", read.extensions, rules.extensions_)})
    if (!result) return tl::unexpected(result.error());
  return rules;
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

tl::expected<void, std::string> ProfileRules::read_key_usage() {
  const auto bits = asn1::type_of<asn1::KeyUsage>().numbers;
  for (const std::string& text : profile_.key_usage) {
    const auto bit = std::ranges::find(bits, text, &asn1::NamedNumber::name);
    if (bit == bits.end() || bit->number == asn1::KeyUsage::keyCertSign || bit->number == asn1::KeyUsage::cRLSign)
      return tl::unexpected(
          fmt::format("key_usage: \"{}\" is no keyUsage of an end entity, such as "
                      "\"digitalSignature\", \"keyEncipherment\", \"keyAgreement\"",
                      text));
    key_usage_.set(static_cast<unsigned>(bit->number));
  }
  return {};
}

tl::expected<void, std::string> ProfileRules::read_oids(const char* setting, const std::vector<std::string>& texts,
                                                        std::vector<asn1::Oid>& out) {
  for (const std::string& text : texts) {
    const auto oid = asn1::find_oid(text, storage_);
    if (!oid)
      return tl::unexpected(
          fmt::format("{}: \"{}\" is neither a known name nor a dotted object identifier", setting, text));
    out.push_back(*oid);
  }
  return {};
}

bool ProfileRules::allows_key(const KeyDescription& key) const {
  if (const unsigned bits = rsa_bits(key.name); bits != 0) return min_rsa_bits_ != 0 && bits >= min_rsa_bits_;
  return std::ranges::any_of(
      profile_.keys, [&](const std::string& entry) { return entry == key.name || names_kind_of(entry, key.name); });
}

bool ProfileRules::allows_purpose(asn1::Oid purpose) const {
  return contains(purposes_, purpose) || contains(default_purposes_, purpose);
}

bool ProfileRules::takes_over(asn1::Oid extension) const { return contains(extensions_, extension); }

std::string ProfileRules::keys_text() const { return fmt::format("{}", fmt::join(profile_.keys, ", ")); }

}  // namespace cmpkit::cmp
