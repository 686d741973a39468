#include "tools/permission_settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "cmpkit/asn1/names.h"

namespace cmpkit::tools {
namespace {

using asn1::PKIBody;
using Who = cmp::Permission::Who;

/// In the order of Permission::Who.
constexpr std::array<std::string_view, 4> kinds = {"certificate", "own certificate", "registration authority",
                                                   "secret"};
constexpr std::array operations = {PKIBody::ir, PKIBody::cr, PKIBody::kur, PKIBody::p10cr, PKIBody::rr, PKIBody::genm};

/// `same`, `any`, or a name as a pattern.
cmp::SubjectRule read_subject(Settings& table) {
  using Kind = cmp::SubjectRule::Kind;
  const std::string text = table.text("subject", "same");
  if (text == "same" || text == "any") return {text == "same" ? Kind::same : Kind::any, {}};
  if (!text.starts_with('/') || !asn1::parse_name(text))
    table.complain("subject", "write \"same\", \"any\" or a name such as \"/O=Operator/CN={CN}\"");
  return {Kind::pattern, text};
}

void check_fits(Settings& table, const PermissionEntry& entry) {
  const bool by_secret = entry.permission.who == Who::secret;
  if (by_secret && !entry.anchors.empty())
    table.complain("anchors", "is for requests that are signed, not for secrets");
  if (!by_secret && !entry.permission.references.empty()) table.complain("references", "is for who = \"secret\"");
  if (by_secret && entry.permission.operations.contains(PKIBody::kur))  // K-04
    table.complain("operations", "kur is always signed with the certificate that it updates, not done by a secret");
}

}  // namespace

std::set<PKIBody::Type> read_operations(Settings& table) {
  std::set<PKIBody::Type> out;
  for (const std::string& text : table.texts("operations", {})) {
    const auto* it = std::ranges::find(operations, text, [](PKIBody::Type type) { return name_of(type); });
    if (it == operations.end())
      table.complain("operations", fmt::format("\"{}\" is none of ir, cr, kur, p10cr, rr, genm", text));
    else
      out.insert(*it);
  }
  return out;
}

PermissionEntry read_permission(Settings& table) {
  PermissionEntry out;
  cmp::Permission& permission = out.permission;
  permission.name = table.required_text("name", "devices of ACME");
  permission.who = static_cast<Who>(table.required_choice("who", kinds));
  permission.operations = read_operations(table);
  if (permission.operations.empty())
    table.complain("operations", "is missing or empty; write for example operations = [\"ir\", \"genm\"]");
  permission.subject = read_subject(table);
  permission.references = table.texts("references", {});
  permission.profiles = table.texts("profiles", {});
  permission.on_behalf = table.flag("on_behalf", false);
  out.anchors = table.texts("anchors", {});
  check_fits(table, out);
  table.refuse_other_keys();
  return out;
}

}  // namespace cmpkit::tools
