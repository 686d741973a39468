// `cmpkit ca show`: checks the configuration of a CA and says what it does.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>

#include "cmpkit/cmp/botan.h"
#include "tools/ca.h"
#include "tools/ca_engine.h"
#include "tools/certificate_summary.h"

namespace cmpkit::tools {
namespace {

const char* text_of(cmp::SubjectRule::Kind binding) {
  return binding == cmp::SubjectRule::Kind::same ? "their own name only" : "any name";
}

void show_requests(const CaConfiguration& configuration) {
  if (configuration.by_secret) {
    fmt::print("requests by secret may ask for {}; references:", text_of(configuration.by_secret->subject));
    for (const SecretEntry& entry : configuration.by_secret->secrets) fmt::print(" {}", entry.reference);
    fmt::print("\n");
  }
  if (configuration.by_certificate)
    fmt::print("requests by certificate may ask for {}; trust anchors: {}\n",
               text_of(configuration.by_certificate->subject), configuration.by_certificate->trusted);
}

void show(const CaConfiguration& configuration, const CaEngine& engine) {
  if (const auto summary = summarize_certificate(engine.certificate(), cmp::botan_crypto()))
    fmt::print("issuing CA {}, {}, until {}\n", summary->subject, summary->key, summary->not_after);
  fmt::print("listens on {}, port {}\n", configuration.listen.host, configuration.listen.port);
  show_requests(configuration);
  for (const cmp::CertificateProfile& profile : configuration.profiles)
    fmt::print("profile {}: {} days, keys {}\n", profile.name,
               std::chrono::duration_cast<std::chrono::hours>(profile.validity).count() / 24,
               fmt::join(profile.keys, ", "));
}

int ca_show(const std::string& folder) {
  constexpr const char* next_step = "correct this; cmpkit ca show tells whether all is well";
  const auto configuration = read_ca_configuration(folder);
  if (!configuration) return misused(fmt::format("{}", fmt::join(configuration.error(), "\ncmpkit: ")), next_step);
  const auto engine = CaEngine::create(*configuration);
  if (!engine) return misused(fmt::format("{}", fmt::join(engine.error(), "\ncmpkit: ")), next_step);
  show(*configuration, **engine);
  return exit_ok;
}

}  // namespace

void add_ca_show(CLI::App& ca, Action& action) {
  CLI::App* command = ca.add_subcommand("show", "Check the configuration of a CA and say what it does");
  auto folder = std::make_shared<std::string>();
  command->add_option("DIR", *folder, "Folder made by cmpkit ca init")->required();
  command->callback([folder, &action] { action = [folder] { return ca_show(*folder); }; });
}

}  // namespace cmpkit::tools
