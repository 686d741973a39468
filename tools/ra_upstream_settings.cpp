#include "tools/ra_upstream_settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "cmpkit/asn1/names.h"
#include "cmpkit/transport/path.h"
#include "cmpkit/transport/url.h"
#include "tools/permission_settings.h"

namespace cmpkit::tools {
namespace {

using Kind = UpstreamEntry::Kind;
using std::chrono::seconds;

/// In the order of UpstreamEntry::Kind and of Forwarding.
constexpr std::array<std::string_view, 3> kinds = {"http", "files", "command"};
constexpr std::array<std::string_view, 3> forwardings = {"unchanged", "add", "replace"};

/// RFC 9483 Section 6.1 is about one path; what is at others is for their server to say.
bool has_usual_path(const transport::HttpUrl& url) {
  return url.path.empty() || url.path.starts_with(transport::well_known_prefix);
}

void read_http(Settings& table, UpstreamEntry& out) {
  out.url = table.required_text("url", "http://ca.example.com:8080");
  const auto url = transport::parse_url(out.url);
  if (!url && !out.url.empty()) table.complain("url", url.error().text);
  out.labels = table.flag("labels", !url || has_usual_path(*url));
  out.timeout = table.duration("timeout", seconds{30});
}

void read_files(Settings& table, UpstreamEntry& out) {
  out.out = table.required_text("out", "upstream/out");
  out.in = table.required_text("in", "upstream/in");
  if (!out.out.empty() && out.out == out.in) table.complain("in", "has to be another folder than out");
  out.online = false;
}

void read_command(Settings& table, UpstreamEntry& out) {
  out.command = table.texts("command", {});
  if (out.command.empty())
    table.complain("command", "is missing or empty; write program and arguments, such as [\"./sign.sh\"]");
  out.revoke_command = table.texts("revoke_command", {});
  out.issuer = table.required_text("issuer", "ca.crt");
  out.timeout = table.duration("timeout", seconds{30});
  out.check_after = table.duration("check_after", cmp::Upstream{}.check_after);
}

/// Whether one of the two is there, both have to.
bool reads_both(Settings& table, const char* one, std::string& first, const char* other, std::string& second) {
  first = table.text(one, {});
  second = table.text(other, {});
  if (first.empty() != second.empty())
    table.complain(first.empty() ? one : other, fmt::format("is missing: {} and {} go together", one, other));
  return !first.empty() && !second.empty();
}

void read_credential(Settings& table, UpstreamEntry& out) {
  CertificateAndKey pair;
  if (reads_both(table, "certificate", pair.certificate, "key", pair.key)) {
    pair.key_passphrase = table.text("passphrase", {});
    pair.extra_certificates = table.texts("chain", {});
    out.certificate = std::move(pair);
  }
  SecretEntry secret;
  if (reads_both(table, "reference", secret.reference, "secret", secret.source)) out.secret = std::move(secret);
  if (out.certificate && out.secret) table.complain("secret", "is given beside certificate; keep one of them");
}

void read_tolerance(Settings& table, UpstreamEntry& out) {
  for (const std::string& text : table.texts("tolerate", {})) {
    if (const auto deviation = cmp::deviation_named(text)) {
      out.tolerance.allow(*deviation);
      continue;
    }
    std::vector<std::string_view> names;
    for (const auto each : cmp::all_deviations()) names.push_back(name_of(each));
    table.complain("tolerate", fmt::format("\"{}\" is none of {}", text, fmt::join(names, ", ")));
  }
}

std::string read_name(Settings& table, const char* key) {
  std::string out = table.text(key, {});
  if (!out.empty() && !asn1::parse_name(out)) table.complain(key, "write a name such as \"/O=Operator/CN=CA\"");
  return out;
}

/// What a peer that speaks CMP has, over HTTP or files.
void read_peer(Settings& table, UpstreamEntry& out) {
  read_credential(table, out);
  out.trusted = table.texts("trusted", {});
  if (out.trusted.empty() && !out.secret)
    table.complain("trusted",
                   "is missing; write folders with the anchors of this CA, such as trusted = [\"upstream\"]");
  out.recipient = read_name(table, "recipient");
  out.sender = read_name(table, "expect_sender");
  read_tolerance(table, out);
  const cmp::Upstream usual;
  out.batch = static_cast<std::size_t>(table.number("batch", 0, 0, 10'000));
  if (out.batch != 0) out.online = false;
  if (out.batch != 0 && out.secret)
    table.complain("batch", "batches are signed: give certificate and key instead of the secret");
  out.check_after = table.duration("check_after", usual.check_after);
  out.give_up = table.duration("give_up", usual.give_up);
}

void check_forwarding(Settings& table, const cmp::Route& route, const UpstreamEntry& upstream) {
  if (route.forwarding == cmp::Forwarding::add && upstream.secret)
    table.complain("forwarding", "\"add\" needs a signature: the upstream is given a secret");
  if (route.transparent && (route.forwarding != cmp::Forwarding::unchanged || !upstream.online))
    table.complain("transparent", "is for forwarding = \"unchanged\" to an upstream over HTTP without batches");
}

}  // namespace

UpstreamEntry read_upstream(Settings& table) {
  UpstreamEntry out;
  out.name = table.required_text("name", "ca");
  out.kind = static_cast<Kind>(table.required_choice("kind", kinds));
  if (out.kind == Kind::http) read_http(table, out);
  if (out.kind == Kind::files) read_files(table, out);
  if (out.kind == Kind::command)
    read_command(table, out);
  else
    read_peer(table, out);
  table.refuse_other_keys();
  return out;
}

cmp::Route read_route(Settings& table, const std::vector<UpstreamEntry>& upstreams) {
  cmp::Route out;
  out.name = table.required_text("name", "everything");
  out.operations = read_operations(table);
  out.profiles = table.texts("profiles", {});
  out.upstream = table.required_text("upstream", "ca");
  check_upstream(table, "upstream", out.upstream, upstreams);
  const std::string forwarding = table.text("forwarding", "replace");
  if (const auto it = std::ranges::find(forwardings, forwarding); it != forwardings.end())
    out.forwarding = static_cast<cmp::Forwarding>(it - forwardings.begin());
  else
    table.complain("forwarding", fmt::format("write one of \"{}\"", fmt::join(forwardings, "\", \"")));
  out.transparent = table.flag("transparent", false);
  out.profile = table.text("profile", {});
  out.ra_verified = table.flag("ra_verified", false);
  out.original = table.flag("original", false);
  const auto upstream = std::ranges::find(upstreams, out.upstream, &UpstreamEntry::name);
  if (upstream != upstreams.end()) check_forwarding(table, out, *upstream);
  table.refuse_other_keys();
  return out;
}

void check_upstream(Settings& table, const char* key, const std::string& name,
                    const std::vector<UpstreamEntry>& upstreams) {
  if (name.empty() || std::ranges::find(upstreams, name, &UpstreamEntry::name) != upstreams.end()) return;
  table.complain(key, fmt::format("there is no [[upstream]] with name = \"{}\"", name));
}

}  // namespace cmpkit::tools
