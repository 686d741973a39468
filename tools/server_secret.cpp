// `cmpkit ca secret` and `cmpkit ra secret`: the shared secrets in the store, for devices that have no certificate yet.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "tools/certificate_summary.h"
#include "tools/printing.h"
#include "tools/secret_source.h"
#include "tools/server_commands.h"
#include "tools/server_store.h"
#include "tools/settings.h"
#include "tools/system_clock.h"

namespace cmpkit::tools {
namespace {

using Json = nlohmann::ordered_json;

struct Arguments {
  const ServerRole* role;
  std::string folder{}, reference{}, source{}, expires{};
  std::uint32_t uses = 0;
  bool json = false;
};

Json json_of(const cmp::StoredSecret& secret) {
  Json out{{"reference", secret.reference}, {"uses", secret.uses}};
  if (secret.max_uses != 0) out["maxUses"] = secret.max_uses;
  if (secret.expires) out["expires"] = time_text(*secret.expires);
  return out;
}

std::string limits_of(const cmp::StoredSecret& secret) {
  const std::string uses = secret.max_uses == 0 ? "" : fmt::format(" of {}", secret.max_uses);
  const std::string end = secret.expires ? fmt::format(", until {}", time_text(*secret.expires)) : "";
  return fmt::format("used {}{}{}", secret.uses, uses, end);
}

std::string list_shows(const ServerStore& server) {
  return fmt::format("cmpkit {} secret list shows those there are", server.role->command);
}

tl::expected<cmp::StoredSecret, std::string> new_secret(const Arguments& arguments) {
  cmp::StoredSecret out;
  out.reference = arguments.reference;
  out.max_uses = arguments.uses;
  if (!arguments.expires.empty()) {
    const auto duration = parse_duration(arguments.expires);
    if (!duration) return tl::unexpected<std::string>("--expires: write a time with its unit, such as 12h or 30d");
    out.expires = SystemClock().now() + *duration;
  }
  auto secret = arguments.source.empty() ? tl::expected<Octets, std::string>(copy_of(bytes_of(random_secret())))
                                         : read_secret(arguments.source);
  if (!secret) return tl::unexpected("--secret: " + secret.error());
  out.secret = std::move(*secret);
  return out;
}

tl::expected<cmp::Change, std::string> added(const ServerStore& server, const cmp::StoredSecret& secret) {
  const auto& configured = server.settings.secrets;
  if (std::ranges::find(configured, secret.reference, &SecretEntry::reference) != configured.end())
    return tl::unexpected(fmt::format("{} has a secret of this reference", server.settings.file));
  const auto stored = server.store->secret(secret.reference);
  if (!stored) return tl::unexpected(stored.error().text);
  if (*stored) return tl::unexpected<std::string>("there is a secret of this reference; remove it first");
  cmp::Change change;
  change.secret = secret;
  change.audit = {operator_entry("add secret", "added", fmt::format("{}, {}", secret.reference, limits_of(secret)))};
  return change;
}

int add_secret(const Arguments& arguments) {
  const auto secret = new_secret(arguments);
  if (!secret) return misused(secret.error());
  const auto server = open_server_store(arguments.folder);
  if (!server) return server.error();
  const auto done = commit_change(*server->store, [&] { return added(*server, *secret); });
  if (!done) return fail(done.error(), list_shows(*server));
  const std::string generated = arguments.source.empty() ? std::string(text_of(secret->secret)) : "";
  if (arguments.json) {
    Json json = json_of(*secret);
    if (!generated.empty()) json["secret"] = generated;
    print_json(json);
  } else if (!generated.empty()) {
    fmt::print("{}\n", generated);
  } else {
    fmt::print("added {}\n", printable(secret->reference));
  }
  return exit_ok;
}

int list_secrets(const Arguments& arguments) {
  const auto server = open_server_store(arguments.folder);
  if (!server) return server.error();
  const auto secrets = server->store->secrets();
  if (!secrets) return store_failed(secrets.error().text);
  Json all = Json::array();
  for (const auto& each : *secrets) all.push_back(json_of(each));
  if (arguments.json) {
    print_json(all);
    return exit_ok;
  }
  for (const auto& each : *secrets) fmt::print("{}  {}\n", printable(each.reference), limits_of(each));
  if (secrets->empty()) fmt::print("there is none in the store; those of {} are not listed\n", server->settings.file);
  return exit_ok;
}

tl::expected<cmp::Change, std::string> removed(cmp::Store& store, const std::string& reference) {
  auto stored = store.secret(reference);
  if (!stored) return tl::unexpected(stored.error().text);
  if (!*stored) return tl::unexpected<std::string>("there is no secret of this reference in the store");
  cmp::Change change;
  change.secret = std::move(**stored);
  change.secret->secret.clear();
  change.audit = {
      operator_entry("remove secret", "removed", fmt::format("{}, {}", reference, limits_of(*change.secret)))};
  return change;
}

int remove_secret(const Arguments& arguments) {
  const auto server = open_server_store(arguments.folder);
  if (!server) return server.error();
  const auto done = commit_change(*server->store, [&] { return removed(*server->store, arguments.reference); });
  if (!done) return fail(done.error(), list_shows(*server));
  if (arguments.json)
    print_json({{"removed", arguments.reference}});
  else
    fmt::print("removed {}\n", printable(arguments.reference));
  return exit_ok;
}

/// `cmpkit ca secret NAME`, with what all of them take.
CLI::App* add_command(CLI::App& secret, const char* name, const char* description,
                      const std::shared_ptr<Arguments>& arguments, int (*run)(const Arguments&), Action& action) {
  CLI::App* command = secret.add_subcommand(name, description);
  command->add_option("DIR", arguments->folder, arguments->role->folder_help)->required();
  command->add_flag("--json", arguments->json, "Print JSON");
  command->callback([arguments, run, &action] { action = [arguments, run] { return run(*arguments); }; });
  return command;
}

void add_reference(CLI::App& command, Arguments& arguments) {
  command.add_option("REF", arguments.reference, "Its reference, which the device gives by --ref")->required();
}

}  // namespace

void add_secret(CLI::App& app, const ServerRole& role, Action& action) {
  CLI::App* secret = app.add_subcommand(
      "secret", fmt::format("Add, list or remove shared secrets, beside those of {}.toml", role.command));
  secret->require_subcommand(1);
  const auto adding = std::make_shared<Arguments>(Arguments{.role = &role});
  CLI::App* add = add_command(*secret, "add", "Add a secret; a random one is made and printed, this once", adding,
                              add_secret, action);
  add_reference(*add, *adding);
  add->add_option("--uses", adding->uses, "For so many certificates; default: any number")->check(CLI::PositiveNumber);
  add->add_option("--expires", adding->expires, "No operation begins with it after this time: 12h, 30d");
  add->add_option("--secret", adding->source, "This one: pass:SECRET, file:PATH or env:VARIABLE");

  add_command(*secret, "list", "List the secrets in the store, without what is secret",
              std::make_shared<Arguments>(Arguments{.role = &role}), list_secrets, action);

  const auto removing = std::make_shared<Arguments>(Arguments{.role = &role});
  add_reference(*add_command(*secret, "remove", "Remove a secret from the store", removing, remove_secret, action),
                *removing);
}

}  // namespace cmpkit::tools
