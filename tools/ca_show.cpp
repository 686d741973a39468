// `cmpkit ca show`: checks the configuration of a CA and says what it does; or shows one certificate.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>

#include "cmpkit/cmp/botan.h"
#include "tools/ca.h"
#include "tools/ca_engine.h"
#include "tools/ca_show_certificate.h"
#include "tools/certificate_summary.h"

namespace cmpkit::tools {
namespace {

std::string text_of(const cmp::SubjectRule& rule) {
  switch (rule.kind) {
    case cmp::SubjectRule::Kind::same:
      return "their own name only";
    case cmp::SubjectRule::Kind::any:
      return "any name";
    case cmp::SubjectRule::Kind::pattern:
      break;
  }
  return rule.pattern;
}

const char* text_of(cmp::Permission::Who who) {
  switch (who) {
    case cmp::Permission::Who::certificate:
      return "signed by a certificate";
    case cmp::Permission::Who::own_certificate:
      return "signed by a certificate of this CA";
    case cmp::Permission::Who::registration_authority:
      return "signed by a registration authority";
    case cmp::Permission::Who::secret:
      break;
  }
  return "by secret";
}

void show_requesters(const CaConfiguration& configuration) {
  std::vector<std::string> references;
  for (const SecretEntry& entry : configuration.secrets) references.push_back(entry.reference);
  fmt::print("secrets of {}; trust anchors in {}\n", fmt::join(references, ", "),
             fmt::join(configuration.trusted, ", "));
  for (const PermissionEntry& entry : configuration.permissions) {
    const cmp::Permission& permission = entry.permission;
    std::vector<std::string_view> operations;
    for (const auto type : permission.operations) operations.push_back(name_of(type));
    fmt::print("permission {}: {}, {} for {}{}\n", permission.name, text_of(permission.who),
               fmt::join(operations, ", "), text_of(permission.subject),
               permission.on_behalf ? ", on behalf of others" : "");
  }
}

void show_rollovers(const CaEngine& engine) {
  unsigned n = 0;
  for (const cmp::RootUpdate& update : engine.root_updates()) {
    ++n;
    if (const auto summary = summarize_certificate(update.old_root, cmp::botan_crypto()))
      fmt::print("rollover {}: replaced the root with serial number {}, {}, good until {}\n", n, summary->serial,
                 summary->key, summary->not_after);
  }
}

void show(const CaConfiguration& configuration, const CaEngine& engine) {
  if (const auto summary = summarize_certificate(engine.certificate(), cmp::botan_crypto()))
    fmt::print("issuing CA {}, {}, until {}\n", summary->subject, summary->key, summary->not_after);
  fmt::print("listens on {}, port {}\n", configuration.listen.host, configuration.listen.port);
  fmt::print("keeps its state in {}\n", configuration.store.text());
  show_rollovers(engine);
  show_requesters(configuration);
  for (const cmp::CertificateProfile& profile : configuration.profiles)
    fmt::print("profile {}: {} days, keys {}{}\n", profile.name,
               std::chrono::duration_cast<std::chrono::hours>(profile.validity).count() / 24,
               fmt::join(profile.keys, ", "), profile.approval ? ", somebody approves" : "");
}

int ca_show(const std::string& folder) {
  constexpr const char* next_step = "correct this; cmpkit ca show tells whether all is well";
  const auto configuration = read_ca_configuration(folder);
  if (!configuration) return misused(fmt::format("{}", fmt::join(configuration.error(), "\ncmpkit: ")), next_step);
  const auto engine = CaEngine::create(*configuration, cmp::memory_store());  // only looked at
  if (!engine) return misused(fmt::format("{}", fmt::join(engine.error(), "\ncmpkit: ")), next_step);
  show(*configuration, **engine);
  return exit_ok;
}

}  // namespace

void add_ca_show(CLI::App& ca, Action& action) {
  CLI::App* command =
      ca.add_subcommand("show", "Check the configuration of a CA and say what it does, or show one certificate");
  auto arguments = std::make_shared<ShowCertificate>();
  command->add_option("DIR", arguments->folder, "Folder made by cmpkit ca init")->required();
  auto* serial = command->add_option("SERIAL", arguments->serial, "The certificate: its serial number, hexadecimal");
  command
      ->add_option("--request", arguments->request_file, "Write the request that led to it there, for cmpkit inspect")
      ->needs(serial);
  command->add_flag("--json", arguments->json, "Print JSON about the certificate")->needs(serial);
  command->callback([arguments, &action] {
    action = [arguments] {
      return arguments->serial.empty() ? ca_show(arguments->folder) : show_certificate(*arguments);
    };
  });
}

}  // namespace cmpkit::tools
