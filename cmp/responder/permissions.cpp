#include "cmp/responder/permissions.h"

#include <fmt/format.h>

#include <algorithm>

#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {

namespace {

using asn1::PKIBody;

bool is_one_of(const std::vector<Octets>& anchors, Bytes anchor) {
  return std::ranges::any_of(anchors, [&](const Octets& each) { return same_octets(each, anchor); });
}

bool leads_to_one_of(const std::vector<Octets>& anchors, const Sender& sender) {
  if (anchors.empty()) return true;
  const auto issuers = sender.path->issuers();
  return is_one_of(anchors, issuers.empty() ? sender.certificate->octets() : issuers.back());
}

bool is_about(const Permission& permission, const Authenticated& from) {
  const Sender& sender = from.sender;
  if (sender.requester.kind == Requester::Kind::secret)
    return permission.who == Permission::Who::secret &&
           (permission.references.empty() ||
            std::ranges::find(permission.references, text_of(sender.requester.identity)) !=
                permission.references.end());
  if (permission.who == Permission::Who::secret || !leads_to_one_of(permission.anchors, sender)) return false;
  switch (permission.who) {
    case Permission::Who::own_certificate:
      return from.own.has_value();
    case Permission::Who::registration_authority:  // P-12, RFC 9810 Section 4.5
      return sender.certificate->has_purpose(asn1::id_kp_cmcRA);
    default:
      return true;
  }
}

// --- patterns

/// The object identifier of an attribute type by its short name.
std::optional<Octets> attribute_type(std::string_view short_name) {
  const auto name = asn1::parse_name(fmt::format("/{}=x", short_name));
  if (!name) return {};
  const auto rdns = asn1::decode<asn1::RDNSequence>(*name);
  if (!rdns || rdns->size() != 1 || rdns->front().size() != 1) return {};
  return copy_of(rdns->front().front().type.octets);
}

/// The value for one pair of braces.
tl::expected<std::string, std::string> value_of(std::string_view what, const Requester& requester) {
  if (requester.kind == Requester::Kind::secret) {
    if (what == "reference") return std::string(text_of(requester.identity));
    return tl::unexpected(fmt::format("a secret has a {{reference}} but no {{{}}}", what));
  }
  const auto type = attribute_type(what);
  const auto value = type ? asn1::last_attribute(requester.subject, asn1::Oid{*type}) : std::nullopt;
  if (!value || value->empty()) return tl::unexpected(fmt::format("the requester's certificate has no {}", what));
  return std::string(*value);
}

/// So that parse_name() takes every character literally, and no value can add attributes to a name.
std::string escaped(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == '/' || c == '+' || c == '\\' || c == '=') out += '\\';
    out += c;
  }
  return out;
}

/// The name that the pattern gives; `value_of` tells what stands for one pair of braces.
template <class ValueOf>
tl::expected<Octets, std::string> name_by_pattern(std::string_view pattern, ValueOf value_of) {
  std::string text;
  while (true) {
    const auto open = pattern.find('{');
    const auto close = pattern.find('}', open);
    if (open == pattern.npos || close == pattern.npos) break;
    const tl::expected<std::string, std::string> value = value_of(pattern.substr(open + 1, close - open - 1));
    if (!value) return tl::unexpected(value.error());
    text.append(pattern.substr(0, open)).append(escaped(*value));
    pattern.remove_prefix(close + 1);
  }
  return asn1::parse_name(text.append(pattern));
}

tl::expected<Octets, std::string> mapped_name(const std::string& pattern, const Requester& requester) {
  return name_by_pattern(pattern, [&](std::string_view what) { return value_of(what, requester); });
}

tl::expected<void, std::string> check_pattern(const Permission& permission) {
  const bool secret = permission.who == Permission::Who::secret;
  const auto known = [&](std::string_view what) -> tl::expected<std::string, std::string> {
    if (secret ? what == "reference" : attribute_type(what).has_value()) return std::string("0");
    return tl::unexpected(fmt::format("{{{}}} stands for nothing here", what));
  };
  return name_by_pattern(permission.subject.pattern, known).map([](const Octets&) {});
}

bool is_own_name(const Requester& requester, asn1::Name asked) {
  if (requester.kind == Requester::Kind::certificate) return asn1::same_name(asked, requester.subject);
  const auto cn = asn1::last_attribute(asked, asn1::id_at_commonName);
  return cn && same_octets(bytes_of(*cn), requester.identity);
}

}  // namespace

tl::expected<void, std::string> check_permissions(const std::vector<Permission>& permissions) {
  if (permissions.empty()) return tl::unexpected<std::string>("there is no permission: nobody could do anything");
  for (const auto& permission : permissions) {
    const auto wrong = [&](std::string_view text) {
      return tl::unexpected(fmt::format("permission \"{}\": {}", permission.name, text));
    };
    if (permission.operations.empty()) return wrong("it allows no operation");
    for (const auto type : permission.operations)
      if (type != PKIBody::ir && type != PKIBody::cr && type != PKIBody::kur && type != PKIBody::p10cr &&
          type != PKIBody::rr && type != PKIBody::genm)
        return wrong(fmt::format("{} is not one of ir, cr, kur, p10cr, rr, genm", asn1::name_of(type)));
    if (permission.subject.kind != SubjectRule::Kind::pattern) continue;
    if (const auto checked = check_pattern(permission); !checked) return wrong("subject: " + checked.error());
  }
  return {};
}

const Permission* find_permission(const std::vector<Permission>& permissions, const Authenticated& from,
                                  PKIBody::Type operation, bool approved) {
  const auto fits = [&](const Permission& each) {
    return each.operations.contains(operation) && (approved || !each.approved) && is_about(each, from);
  };
  const auto found = std::ranges::find_if(permissions, fits);
  return found == permissions.end() ? nullptr : &*found;
}

const Permission* find_approver(const std::vector<Permission>& permissions, const Authenticated& from,
                                std::optional<PKIBody::Type> operation) {
  const auto fits = [&](const Permission& each) {
    return each.on_behalf && (!operation || each.operations.contains(*operation)) &&
           (from.approved() || !each.approved) && is_about(each, from);
  };
  const auto found = std::ranges::find_if(permissions, fits);
  return found == permissions.end() ? nullptr : &*found;
}

Checked<Octets> permitted_subject(const SubjectRule& rule, const Requester& requester, asn1::Name asked) {
  constexpr std::string_view field = "body.certTemplate.subject";
  if (rule.kind == SubjectRule::Kind::any) return copy_of(asked.tlv);
  const bool own = is_own_name(requester, asked);
  if (rule.kind == SubjectRule::Kind::same) {
    if (own) return copy_of(asked.tlv);
    return tl::unexpected(
        refused(rules::R_07, field, "this credential may ask for a certificate of its own subject only"));
  }
  const auto mapped = mapped_name(rule.pattern, requester);
  if (!mapped)
    return tl::unexpected(
        refused(rules::R_07, field, "the subject for this requester cannot be made: " + mapped.error()));
  if (own || asn1::same_name(asked, {*mapped})) return *mapped;
  return tl::unexpected(refused(
      rules::R_07, field, "this credential may ask for a certificate of the subject " + asn1::name_text({*mapped})));
}

}  // namespace cmpkit::cmp
