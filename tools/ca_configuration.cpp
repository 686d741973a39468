#include "tools/ca_configuration.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>

#include "tools/files.h"
#include "tools/settings.h"

namespace cmpkit::tools {
namespace {

using std::chrono::seconds;

class Reader {
 public:
  Reader(std::string folder, CaConfiguration& out, Complaints& complaints)
      : folder_(std::move(folder)), out_(out), complaints_(complaints) {}

  void read(const toml::table& file) {
    Settings all(&file, out_.file, "", complaints_);
    read_server(all.table("server"));
    out_.ca = read_certificate_and_key(all, "ca");
    out_.cmp = read_certificate_and_key(all, "cmp");
    read_by_secret(all.table("by_secret"));
    read_by_certificate(all.table("by_certificate"));
    if (!out_.by_secret && !out_.by_certificate)
      all.complain("by_secret", "no request would be accepted; write [by_secret], [by_certificate] or both");
    read_transactions(all.table("transactions"));
    for (Settings& each : all.tables("profile")) out_.profiles.push_back(read_profile(each));
    if (out_.profiles.empty())
      all.complain("profile", "there is none; write [[profile]] and below it name = \"default\"");
    all.refuse_other_keys();
  }

 private:
  /// A path as ca.toml writes it, relative to the folder of the CA.
  [[nodiscard]] std::string path(const std::string& text) const {
    return text.empty() ? text : (std::filesystem::path(folder_) / text).string();
  }
  /// The same inside `file:PATH`.
  [[nodiscard]] std::string source(const std::string& text) const {
    constexpr std::string_view file = "file:";
    return text.starts_with(file) ? fmt::format("{}{}", file, path(text.substr(file.size()))) : text;
  }
  [[nodiscard]] std::vector<std::string> paths(std::vector<std::string> texts) const {
    for (std::string& text : texts) text = path(text);
    return texts;
  }

  void read_server(Settings server) {
    const std::string listen = server.required_text("listen", "127.0.0.1:8080");
    if (const auto address = parse_listen_address(listen))
      out_.listen = *address;
    else if (!listen.empty())
      server.complain("listen", "write address and port, such as \"127.0.0.1:8080\" or \"[::1]:8080\"");
    out_.max_message = static_cast<std::size_t>(server.number("max_message", 1 << 20, 1024, 1 << 28));
    out_.max_connections = static_cast<std::size_t>(server.number("max_connections", 1000, 1, 1'000'000));
    server.refuse_other_keys();
  }

  CertificateAndKey read_certificate_and_key(Settings& all, const char* name) {
    Settings table = all.table(name);
    CertificateAndKey out;
    out.certificate = path(table.required_text("certificate", fmt::format("{}.crt", name).c_str()));
    out.key = path(table.required_text("key", fmt::format("{}.key", name).c_str()));
    out.key_passphrase = source(table.text("passphrase", {}));
    out.extra_certificates = paths(table.texts("chain", {}));
    if (std::string_view(name) == "ca") out_.ca_pubs = paths(table.texts("ca_pubs", {}));
    table.refuse_other_keys();
    return out;
  }

  static cmp::SubjectRule::Kind read_subject(Settings& table) {
    static constexpr std::array<std::string_view, 2> choices = {"same", "any"};
    return table.required_choice("subject", choices) == 0 ? cmp::SubjectRule::Kind::same : cmp::SubjectRule::Kind::any;
  }

  void read_by_secret(Settings table) {
    if (!table.present()) return;
    BySecret read{read_subject(table), {}};
    for (auto& [reference, text] : table.table("secrets").free_texts()) {
      if (!is_source(text))
        table.complain(
            "secrets",
            fmt::format("the secret of \"{}\": write \"pass:SECRET\", \"file:PATH\" or \"env:VARIABLE\"", reference));
      read.secrets.push_back({reference, source(text)});
    }
    if (read.secrets.empty())
      table.complain(
          "secrets",
          "there is none; write [by_secret.secrets] and below it for example \"device-1\" = \"file:device-1.secret\"");
    out_.by_secret = std::move(read);
    table.refuse_other_keys();
  }

  static bool is_source(const std::string& text) {
    return text.starts_with("pass:") || text.starts_with("file:") || text.starts_with("env:");
  }

  void read_by_certificate(Settings table) {
    if (!table.present()) return;
    out_.by_certificate = ByCertificate{read_subject(table), path(table.required_text("trusted", "trusted"))};
    table.refuse_other_keys();
  }

  void read_transactions(Settings table) {
    const cmp::ResponderConfiguration usual;
    out_.implicit_confirm = table.flag("implicit_confirm", usual.grant_implicit_confirm);
    out_.refuse_used_keys = table.flag("refuse_used_keys", usual.refuse_used_keys);
    out_.confirm_wait = table.duration("confirm_wait", usual.confirm_wait);
    out_.remember = table.duration("remember", usual.remember);
    out_.message_time_window = table.duration("message_time_window", usual.message_time_window);
    out_.max_mac_iterations = table.number("max_mac_iterations", usual.mac_limits.max_iterations, 1000, 100'000'000);
    table.refuse_other_keys();
  }

  static cmp::CertificateProfile read_profile(Settings& table) {
    cmp::CertificateProfile out;
    out.name = table.required_text("name", "default");
    out.validity = table.duration("validity", out.validity);
    out.backdate = table.duration("backdate", out.backdate);
    out.keys = table.texts("keys", out.keys);
    out.key_usage = table.texts("key_usage", out.key_usage);
    out.purposes = table.texts("purposes", out.purposes);
    out.default_purposes = table.texts("default_purposes", out.default_purposes);
    out.extensions = table.texts("extensions", out.extensions);
    table.refuse_other_keys();
    return out;
  }

  std::string folder_;
  CaConfiguration& out_;
  Complaints& complaints_;
};

}  // namespace

tl::expected<CaConfiguration, std::vector<std::string>> read_ca_configuration(const std::string& folder) {
  CaConfiguration out;
  out.file = (std::filesystem::path(folder) / "ca.toml").string();
  const auto content = read_file(out.file);
  if (!content) return tl::unexpected(Complaints{content.error()});
  Complaints complaints;
  try {
    Reader(folder, out, complaints).read(toml::parse(text_of(*content)));
  } catch (const toml::parse_error& error) {
    return tl::unexpected(
        Complaints{fmt::format("{}:{}: {}", out.file, error.source().begin.line, error.description())});
  }
  if (!complaints.empty()) return tl::unexpected(complaints);
  return out;
}

}  // namespace cmpkit::tools
