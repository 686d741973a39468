#include "tools/ca_configuration.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cmpkit/cmp/crl.h"
#include "tools/ca_permission_settings.h"
#include "tools/ca_profile_settings.h"
#include "tools/files.h"
#include "tools/settings.h"

namespace cmpkit::tools {
namespace {

using std::chrono::seconds;

class Reader {
 public:
  Reader(CaConfiguration& out, Complaints& complaints) : out_(out), complaints_(complaints) {}

  void read(const toml::table& file) {
    Settings all(&file, out_.file, "", complaints_);
    read_store(all);
    read_server(all.table("server"));
    out_.ca = read_certificate_and_key(all, "ca");
    out_.cmp = read_certificate_and_key(all, "cmp");
    read_key_generation(all);
    read_publishing(all.table("publish"));
    read_requesters(all.table("requesters"));
    for (Settings& each : all.tables("permission")) {
      PermissionEntry entry = read_permission(each);
      entry.anchors = paths(std::move(entry.anchors));
      out_.permissions.push_back(std::move(entry));
    }
    if (out_.permissions.empty())
      all.complain("permission", "no request would be accepted; write [[permission]] and below it who may do what");
    check_requesters(all);
    read_delays(all.table("delay"));
    read_transactions(all.table("transactions"));
    for (Settings& each : all.tables("profile")) out_.profiles.push_back(read_profile(each));
    if (out_.profiles.empty())
      all.complain("profile", "there is none; write [[profile]] and below it name = \"default\"");
    all.refuse_other_keys();
  }

 private:
  [[nodiscard]] std::string path(const std::string& text) const {
    return text.empty() ? text : (std::filesystem::path(out_.folder) / text).string();
  }
  /// The same inside `file:PATH`.
  [[nodiscard]] std::string source(const std::string& text) const {
    constexpr std::string_view file = "file:";
    return text.starts_with(file) ? fmt::format("{}{}", file, path(text.substr(file.size()))) : text;
  }

  /// Paths as ca.toml writes them, relative to the folder of the CA.
  [[nodiscard]] std::vector<std::string> paths(std::vector<std::string> texts) const {
    for (std::string& text : texts) text = path(text);
    return texts;
  }

  void read_store(Settings& all) {
    if (const auto store = parse_store_choice(all.text("store", "sqlite"), out_.folder))
      out_.store = *store;
    else
      all.complain("store", store_choices);
  }

  void read_server(Settings server) {
    const std::string listen = server.required_text("listen", "127.0.0.1:8080");
    if (const auto address = parse_listen_address(listen))
      out_.listen = *address;
    else if (!listen.empty())
      server.complain("listen", "write address and port, such as \"127.0.0.1:8080\" or \"[::1]:8080\"");
    out_.max_message = static_cast<std::size_t>(server.number("max_message", 1 << 20, 1024, 1 << 28));
    out_.max_connections = static_cast<std::size_t>(server.number("max_connections", 1000, 1, 1'000'000));
    out_.workers = static_cast<unsigned>(server.number("workers", 64, 1, 10'000));
    server.refuse_other_keys();
  }

  CertificateAndKey read_certificate_and_key(Settings& all, const char* name) {
    Settings table = all.table(name);
    CertificateAndKey out = read_pair(table, name);
    if (std::string_view(name) == "ca") {
      out_.ca_pubs = paths(table.texts("ca_pubs", {}));
      out_.encryption_certificate = path(table.text("encryption_certificate", {}));
    }
    table.refuse_other_keys();
    return out;
  }

  void read_key_generation(Settings& all) {
    Settings table = all.table("key_generation");
    if (!table.present()) return;
    KeyGenerationSettings& out = out_.key_generation.emplace();
    out.signer = read_pair(table, "kga");
    cmp::KeyGenerationAuthority& authority = out.authority;
    authority.key_types = table.texts("key_types", authority.key_types);
    if (table.flag("rsa_pkcs1", false)) authority.key_transport = {cmp::KeyTransport::Scheme::pkcs1, {}};
    authority.iterations = table.number("iterations", authority.iterations, 1000, 100'000'000);
    const auto min_secret = static_cast<std::int64_t>(authority.min_secret);
    authority.min_secret = static_cast<std::size_t>(table.number("min_secret", min_secret, 1, 1024));
    authority.any_pvno = table.flag("any_pvno", authority.any_pvno);
    table.refuse_other_keys();
  }

  CertificateAndKey read_pair(Settings& table, const char* name) {
    CertificateAndKey out;
    out.certificate = path(table.required_text("certificate", fmt::format("{}.crt", name).c_str()));
    out.key = path(table.required_text("key", fmt::format("{}.key", name).c_str()));
    out.key_passphrase = source(table.text("passphrase", {}));
    out.extra_certificates = paths(table.texts("chain", {}));
    return out;
  }

  void read_publishing(Settings table) {
    const cmp::CrlOptions usual;
    Publishing& out = out_.publishing;
    out.url = table.text("url", {});
    if (!out.url.empty() && (!out.url.starts_with("http://") || out.url.ends_with('/')))
      table.complain("url", "write a URL such as \"http://pki.example.com\", without a slash at its end");
    out.partitions = static_cast<std::uint32_t>(table.number("crl_partitions", 1, 1, 1'000'000));
    out.validity = table.duration("crl_validity", usual.validity);
    out.renew_before = table.duration("crl_renew_before", usual.renew_before);
    if (out.partitions > 1 && out.url.empty())
      table.complain("crl_partitions", "needs url: each part of the CRL names where it is found");
    table.refuse_other_keys();
  }

  void read_requesters(Settings table) {
    out_.trusted = paths(table.texts("trusted", {}));
    for (auto& [reference, text] : table.table("secrets").free_texts()) {
      if (!is_source(text))
        table.complain(
            "secrets",
            fmt::format("the secret of \"{}\": write \"pass:SECRET\", \"file:PATH\" or \"env:VARIABLE\"", reference));
      out_.secrets.push_back({reference, source(text)});
    }
    table.refuse_other_keys();
  }

  /// Secrets may be in the store only, which is not looked at.
  void check_requesters(Settings& all) {
    const bool by_secret = std::ranges::any_of(out_.permissions, [](const PermissionEntry& entry) {
      return entry.permission.who == cmp::Permission::Who::secret;
    });
    if (out_.trusted.empty() && !by_secret)
      all.complain("requesters", "nobody would be known; write trusted = [\"trusted\"], or a permission by secret");
  }

  static bool is_source(const std::string& text) {
    return text.starts_with("pass:") || text.starts_with("file:") || text.starts_with("env:");
  }

  void read_delays(Settings table) {
    using asn1::PKIBody;
    for (const auto type :
         {PKIBody::ir, PKIBody::cr, PKIBody::kur, PKIBody::p10cr, PKIBody::rr, PKIBody::genm, PKIBody::certConf}) {
      const auto polls = table.number(std::string(name_of(type)).c_str(), 0, 0, 1'000'000);
      if (polls != 0) out_.delays.polls[type] = static_cast<unsigned>(polls);
    }
    out_.delays.check_after = table.duration("check_after", seconds{1});
    table.refuse_other_keys();
  }

  void read_transactions(Settings table) {
    const cmp::ResponderConfiguration usual;
    out_.implicit_confirm = table.flag("implicit_confirm", usual.grant_implicit_confirm);
    out_.refuse_used_keys = table.flag("refuse_used_keys", usual.refuse_used_keys);
    out_.revoke_rejected = table.flag("revoke_rejected", usual.revoke_rejected);
    out_.several_per_message = table.flag("several_per_message", usual.several_per_message);
    out_.answer_last_poll = table.flag("answer_last_poll", usual.answer_last_poll);
    out_.confirm_wait = table.duration("confirm_wait", usual.confirm_wait);
    out_.remember = table.duration("remember", usual.remember);
    out_.max_delay = table.duration("max_delay", usual.max_delay);
    out_.approval_poll = table.duration("approval_poll", cmp::Waiting{}.check_after);
    out_.message_time_window = table.duration("message_time_window", usual.message_time_window);
    out_.max_mac_iterations = table.number("max_mac_iterations", usual.mac_limits.max_iterations, 1000, 100'000'000);
    const auto open = [&](const char* key, std::size_t fallback) {
      return static_cast<std::size_t>(table.number(key, static_cast<std::int64_t>(fallback), 0, 1'000'000'000));
    };
    out_.quota = {open("open_per_requester", usual.quota.per_sender), open("open_in_all", usual.quota.in_all)};
    table.refuse_other_keys();
  }

  CaConfiguration& out_;
  Complaints& complaints_;
};

}  // namespace

tl::expected<CaConfiguration, std::vector<std::string>> read_ca_configuration(const std::string& folder) {
  CaConfiguration out;
  out.folder = folder;
  out.file = (std::filesystem::path(folder) / "ca.toml").string();
  const auto content = read_file(out.file);
  if (!content) return tl::unexpected(Complaints{content.error()});
  Complaints complaints;
  try {
    Reader(out, complaints).read(toml::parse(text_of(*content)));
  } catch (const toml::parse_error& error) {
    return tl::unexpected(
        Complaints{fmt::format("{}:{}: {}", out.file, error.source().begin.line, error.description())});
  }
  if (!complaints.empty()) return tl::unexpected(complaints);
  return out;
}

}  // namespace cmpkit::tools
