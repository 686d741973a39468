// `cmpkit ca stats` and `cmpkit ra stats`: how much is in the store.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <array>
#include <nlohmann/json.hpp>
#include <numeric>

#include "tools/certificate_record.h"
#include "tools/printing.h"
#include "tools/server_commands.h"
#include "tools/server_store.h"

namespace cmpkit::tools {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<const char*, 5> transaction_states = {"delayed", "awaitingConfirmation", "done", "queued",
                                                           "relayed"};

template <class Counts, class Names>
Json counts(const Counts& counts, const Names& names) {
  Json out;
  for (std::size_t i = 0; i < counts.size(); ++i) out[names.at(i)] = counts.at(i);
  return out;
}

Json json_of(const cmp::StoreStatistics& statistics, const std::string& store) {
  return {{"store", store},
          {"certificates", counts(statistics.certificates, status_names())},
          {"onCrl", statistics.on_crl},
          {"transactions", counts(statistics.transactions, transaction_states)},
          {"pending", statistics.approvals},
          {"secrets", statistics.secrets},
          {"devices", statistics.devices},
          {"auditEntries", statistics.audit_entries}};
}

/// `12 (valid 10, revoked 2)`
std::string in_words(const Json& counts) {
  std::uint64_t sum = 0;
  std::string parts;
  for (const auto& [name, count] : counts.items()) {
    if (count == 0) continue;
    sum += count.get<std::uint64_t>();
    parts += fmt::format("{}{} {}", parts.empty() ? " (" : ", ", name, count.get<std::uint64_t>());
  }
  return fmt::format("{}{}{}", sum, parts, parts.empty() ? "" : ")");
}

int print_stats(const std::string& folder, bool as_json) {
  const auto server = open_server_store(folder);
  if (!server) return server.error();
  const auto statistics = server->store->statistics();
  if (!statistics) return store_failed(statistics.error().text);
  const Json json = json_of(*statistics, server->settings.store.text());
  if (as_json) {
    print_json(json);
    return exit_ok;
  }
  for (const auto& [name, value] : json.items())
    fmt::print("{:<13} {}\n", name,
               value.is_object()   ? in_words(value)
               : value.is_string() ? value.get<std::string>()
                                   : fmt::format("{}", value.get<std::uint64_t>()));
  return exit_ok;
}

}  // namespace

void add_stats(CLI::App& app, const ServerRole& role, Action& action) {
  CLI::App* command = app.add_subcommand("stats", fmt::format("Count what is in the store of the {}", role.name));
  auto folder = std::make_shared<std::string>();
  auto json = std::make_shared<bool>(false);
  command->add_option("DIR", *folder, role.folder_help)->required();
  command->add_flag("--json", *json, "Print JSON");
  command->callback([folder, json, &action] { action = [folder, json] { return print_stats(*folder, *json); }; });
}

}  // namespace cmpkit::tools
