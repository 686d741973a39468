#include "tools/ra_inventory.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "tools/device_record.h"
#include "tools/printing.h"
#include "tools/ra_inventory_import.h"
#include "tools/server_store.h"
#include "tools/system_clock.h"

namespace cmpkit::tools {
namespace {

using cmp::StoredDevice;

struct Arguments {
  std::string folder, manufacturer, serial, state;
  std::vector<std::string> after;  // manufacturer and serial
  std::size_t count = 100;
  bool json = false;
};

// --- list

/// Those of one manufacturer stand together, so the question begins with them and the others that follow are cut off.
cmp::DeviceQuery query_of(const Arguments& arguments) {
  cmp::DeviceQuery query;
  query.state = device_state_named(arguments.state);
  query.count = arguments.count;
  query.after_manufacturer = arguments.manufacturer;
  if (arguments.after.empty() || arguments.after[0] < arguments.manufacturer) return query;
  query.after_manufacturer = arguments.after[0];
  query.after_serial = arguments.after[1];
  return query;
}

void print(const std::vector<StoredDevice>& devices, bool as_json) {
  if (as_json) {
    auto all = nlohmann::ordered_json::array();
    for (const auto& each : devices) all.push_back(json_of(each));
    print_json(all);
    return;
  }
  for (const auto& each : devices) fmt::print("{}\n", one_line(each));
  if (devices.empty()) fmt::print("there is none\n");
}

int list(const Arguments& arguments) {
  const auto ra = open_server_store(arguments.folder);
  if (!ra) return ra.error();
  auto devices = ra->store->devices(query_of(arguments));
  if (!devices) return store_failed(devices.error().text);
  if (!arguments.manufacturer.empty())
    std::erase_if(*devices, [&](const StoredDevice& each) { return each.manufacturer != arguments.manufacturer; });
  print(*devices, arguments.json);
  if (devices->size() == arguments.count && !arguments.json)
    fmt::print("there may be more: --after \"{}\" \"{}\"\n", printable(devices->back().manufacturer),
               printable(devices->back().serial));
  return exit_ok;
}

// --- show, set

tl::expected<StoredDevice, std::string> find(cmp::Store& store, const Arguments& arguments) {
  auto found = store.device(arguments.manufacturer, arguments.serial);
  if (!found) return tl::unexpected(found.error().text);
  if (!*found)
    return tl::unexpected(fmt::format("there is no device \"{}\" of \"{}\"", arguments.serial, arguments.manufacturer));
  return std::move(**found);
}

constexpr const char* hint = "cmpkit ra inventory list shows those there are";

void print(const StoredDevice& device, bool as_json) {
  const auto json = json_of(device);
  if (as_json) return print_json(json);
  for (const auto& [name, value] : json.items()) fmt::print("{:<18} {}\n", name, printable(value.get<std::string>()));
}

int show(const Arguments& arguments) {
  const auto ra = open_server_store(arguments.folder);
  if (!ra) return ra.error();
  const auto device = find(*ra->store, arguments);
  if (!device) return fail(device.error(), hint);
  print(*device, arguments.json);
  return exit_ok;
}

tl::expected<cmp::Change, std::string> with_state(cmp::Store& store, const Arguments& arguments) {
  auto device = find(store, arguments);
  if (!device) return tl::unexpected(device.error());
  cmp::Change change;
  const auto state = *device_state_named(arguments.state);
  if (device->state == state) return change;
  device->state = state;
  device->since = SystemClock().now();
  change.audit = {operator_entry("set device", arguments.state,
                                 fmt::format("\"{}\" of \"{}\"", device->serial, device->manufacturer))};
  change.devices = {std::move(*device)};
  return change;
}

int set(const Arguments& arguments) {
  const auto ra = open_server_store(arguments.folder);
  if (!ra) return ra.error();
  const auto done = commit_change(*ra->store, [&] { return with_state(*ra->store, arguments); });
  if (!done) return fail(done.error(), hint);
  if (arguments.json)
    print_json({{"manufacturer", arguments.manufacturer}, {"serial", arguments.serial}, {"state", arguments.state}});
  else
    fmt::print("{} {} is {}\n", printable(arguments.manufacturer), printable(arguments.serial), arguments.state);
  return exit_ok;
}

// --- their options

CLI::App* add_command(CLI::App& inventory, const char* name, const char* description,
                      const std::shared_ptr<Arguments>& arguments, int (*run)(const Arguments&), Action& action) {
  CLI::App* command = inventory.add_subcommand(name, description);
  command->add_option("DIR", arguments->folder, "Folder made by cmpkit ra init")->required();
  command->add_flag("--json", arguments->json, "Print JSON");
  command->callback([arguments, run, &action] { action = [arguments, run] { return run(*arguments); }; });
  return command;
}

CLI::App* add_device_command(CLI::App& inventory, const char* name, const char* description,
                             const std::shared_ptr<Arguments>& arguments, int (*run)(const Arguments&),
                             Action& action) {
  CLI::App* command = add_command(inventory, name, description, arguments, run, action);
  command->add_option("MANUFACTURER", arguments->manufacturer, "Whose device it is")->required();
  command->add_option("SERIAL", arguments->serial, "The serialNumber in the subject of its IDevID")->required();
  return command;
}

CLI::IsMember is_state() {
  return CLI::IsMember(std::vector<std::string>(device_state_names().begin(), device_state_names().end()));
}

void add_list(CLI::App& inventory, Action& action) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      add_command(inventory, "list", "List devices by manufacturer and serial", arguments, list, action);
  command->add_option("--state", arguments->state, "Only those in this state")->check(is_state());
  command->add_option("--manufacturer", arguments->manufacturer, "Only those of this manufacturer");
  command->add_option("--after", arguments->after, "Those that follow this one: its manufacturer and serial")
      ->expected(2)
      ->type_name("MANUFACTURER SERIAL");
  command->add_option("--count", arguments->count, "So many at most")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
}

}  // namespace

void add_ra_inventory(CLI::App& ra, Action& action) {
  CLI::App* inventory = ra.add_subcommand("inventory", "The devices that an RA knows: who is none gets no certificate");
  inventory->require_subcommand(1);
  add_ra_inventory_import(*inventory, action);
  add_list(*inventory, action);
  add_device_command(*inventory, "show", "Show what is known of a device", std::make_shared<Arguments>(), show, action);
  const auto setting = std::make_shared<Arguments>();
  add_device_command(*inventory, "set", "Change the state of a device: decommission it, or take that back", setting,
                     set, action)
      ->add_option("STATE", setting->state, "manufactured, onboarded, in_operation or decommissioned")
      ->required()
      ->check(is_state());
}

}  // namespace cmpkit::tools
