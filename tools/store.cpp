// `cmpkit store migrate`: brings the store of a server to the format of this program.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "tools/command.h"
#include "tools/printing.h"
#include "tools/server_store.h"

namespace cmpkit::tools {
namespace {

std::string in_words(const store::Migrated& migrated) {
  if (migrated.from == migrated.to) return fmt::format("is of format {} already", migrated.to);
  if (migrated.from == 0) return fmt::format("was made, of format {}", migrated.to);
  return fmt::format("was brought from format {} to {}", migrated.from, migrated.to);
}

int migrate(const std::string& folder, bool as_json) {
  const ServerRole& role = role_of(folder);
  const auto configuration = role.read(folder);
  if (!configuration) return wrong_folder(configuration.error(), role);
  const auto migrated = migrate_store(configuration->store);
  if (!migrated) return fail(migrated.error(), fmt::format("see that store in {} is right", configuration->file));
  if (as_json)
    print_json({{"store", configuration->store.text()}, {"from", migrated->from}, {"to", migrated->to}});
  else
    fmt::print("the store ({}) {}\n", configuration->store.text(), in_words(*migrated));
  return exit_ok;
}

}  // namespace

void add_store(CLI::App& app, Action& action) {
  CLI::App* store = app.add_subcommand("store", "The stores that servers keep their state in");
  store->require_subcommand(1);
  CLI::App* command =
      store->add_subcommand("migrate", "Make the store of a CA or an RA, or bring it to the present format");
  auto folder = std::make_shared<std::string>();
  auto json = std::make_shared<bool>(false);
  command->add_option("DIR", *folder, "Folder made by cmpkit ca init or cmpkit ra init")->required();
  command->add_flag("--json", *json, "Print JSON");
  command->callback([folder, json, &action] { action = [folder, json] { return migrate(*folder, *json); }; });
}

}  // namespace cmpkit::tools
