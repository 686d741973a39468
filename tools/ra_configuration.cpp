#include "tools/ra_configuration.h"

#include <fmt/format.h>

#include <algorithm>

#include "tools/ra_upstream_settings.h"

namespace cmpkit::tools {
namespace {

using Kind = UpstreamEntry::Kind;

class Reader : ServerSettingsReader {
 public:
  Reader(RaConfiguration& out, Complaints& complaints)
      : ServerSettingsReader(out), out_(out), complaints_(complaints) {}

  void read(const toml::table& file) {
    Settings all(&file, out_.file, "", complaints_);
    read_store(all);
    read_server(all.table("server"), 32);
    out_.cmp = read_certificate_and_key(all, "cmp");
    read_requesters(all);
    read_vendors(all);
    out_.inventory = read_policy(all.table("inventory"));
    out_.approval = read_policy(all.table("approval"));
    read_upstreams(all);
    read_routes(all);
    read_cache(all.table("cache"));
    read_transactions(all.table("transactions"));
    check_revocation(all, !out_.cache.crls_of.empty());
    all.refuse_other_keys();
  }

 private:
  void read_vendors(Settings& all) {
    for (Settings& each : all.tables("vendor")) {
      VendorEntry entry{each.required_text("name", "ACME"), paths(each.texts("anchors", {}))};
      if (entry.anchors.empty())
        each.complain("anchors", "is missing or empty; write folders with its roots, such as [\"vendors/acme\"]");
      each.refuse_other_keys();
      out_.vendors.push_back(std::move(entry));
    }
  }

  PolicySettings read_policy(Settings table) {
    PolicySettings out{table.flag("on", false), table.texts("permissions", {})};
    for (const std::string& name : out.permissions) {
      const auto named = [&](const PermissionEntry& entry) { return entry.permission.name == name; };
      if (std::ranges::none_of(out_.permissions, named))
        table.complain("permissions", fmt::format("there is no [[permission]] with name = \"{}\"", name));
    }
    table.refuse_other_keys();
    return out;
  }

  void read_upstreams(Settings& all) {
    for (Settings& each : all.tables("upstream")) {
      UpstreamEntry entry = read_upstream(each);
      if (out_.upstream(entry.name) != nullptr)
        each.complain("name", fmt::format("there is another upstream \"{}\"", entry.name));
      const auto is_command = [](const UpstreamEntry& other) { return other.kind == Kind::command; };
      if (is_command(entry) && std::ranges::any_of(out_.upstreams, is_command))
        each.complain("kind", "there is another \"command\"; one program can serve several profiles: it is told which");
      out_.upstreams.push_back(resolved(std::move(entry)));
    }
    if (out_.upstreams.empty())
      all.complain("upstream", "there is no CA; write [[upstream]] and below it which one and how it is reached");
  }

  UpstreamEntry resolved(UpstreamEntry entry) const {
    for (std::string* each : {&entry.out, &entry.in, &entry.issuer}) *each = path(*each);
    entry.trusted = paths(std::move(entry.trusted));
    // What has a slash in it is a file of this folder; the others are found as the shell finds programs.
    for (auto* command : {&entry.command, &entry.revoke_command})
      if (!command->empty() && command->front().find('/') != std::string::npos)
        command->front() = path(command->front());
    if (entry.certificate) {
      CertificateAndKey& pair = *entry.certificate;
      pair.certificate = path(pair.certificate);
      pair.key = path(pair.key);
      pair.key_passphrase = source(pair.key_passphrase);
      pair.extra_certificates = paths(std::move(pair.extra_certificates));
    }
    if (entry.secret) entry.secret->source = source(entry.secret->source);
    return entry;
  }

  void read_routes(Settings& all) {
    for (Settings& each : all.tables("route")) out_.routes.push_back(read_route(each, out_.upstreams));
    if (out_.routes.empty())
      all.complain("route", "no message would go anywhere; write [[route]] and below it name and upstream");
  }

  void read_cache(Settings table) {
    if (!table.present()) return;
    CacheSettings& out = out_.cache;
    out.upstream = table.required_text("upstream", "ca");
    check_upstream(table, "upstream", out.upstream, out_.upstreams);
    const UpstreamEntry* upstream = out_.upstream(out.upstream);
    if (upstream != nullptr && upstream->kind != Kind::http) table.complain("upstream", "has to be one over HTTP");
    out.ca_certificates = table.flag("ca_certificates", true);
    out.crls_of = paths(table.texts("crls_of", {}));
    out.refresh = table.duration("refresh", std::chrono::hours{1});
    if (out.refresh == std::chrono::seconds{0}) table.complain("refresh", "write a time, such as \"1h\"");
    table.refuse_other_keys();
  }

  void read_transactions(Settings table) {
    const cmp::RelayConfiguration usual;
    read_common_transactions(table);
    out_.max_nesting = static_cast<unsigned>(table.number("max_nesting", usual.max_nesting, 0, 16));
    out_.max_batch =
        static_cast<std::size_t>(table.number("max_batch", static_cast<std::int64_t>(usual.max_batch), 1, 100'000));
    out_.batch_interval = table.duration("batch_interval", std::chrono::seconds{1});
    table.refuse_other_keys();
  }

  RaConfiguration& out_;
  Complaints& complaints_;
};

}  // namespace

const UpstreamEntry* RaConfiguration::upstream(std::string_view name) const {
  const auto it = std::ranges::find(upstreams, name, &UpstreamEntry::name);
  return it == upstreams.end() ? nullptr : &*it;
}

tl::expected<RaConfiguration, std::vector<std::string>> read_ra_configuration(const std::string& folder) {
  return read_configuration_file<Reader, RaConfiguration>(folder, "ra.toml");
}

}  // namespace cmpkit::tools
