// `cmpkit update`: a new certificate for the holder of one, by kur (RFC 9483 Section 4.1.3).
#include <CLI/CLI.hpp>
#include <memory>

#include "tools/command.h"
#include "tools/enroll.h"

namespace cmpkit::tools {

void add_update(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("update", "Renew a certificate before it expires, with a new key or the same");
  const auto arguments = std::make_shared<EnrollArguments>();
  arguments->command = "kur";
  add_enroll_options(*command, *arguments);
  command->get_option("--cert")->required()->description("The certificate to renew, then any issuers (PEM or DER)");
  command->get_option("--key")->required();
  command->callback([arguments, &action] { action = [arguments] { return enroll(*arguments); }; });
}

}  // namespace cmpkit::tools
