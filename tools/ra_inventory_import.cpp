#include "tools/ra_inventory_import.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cmpkit/cmp/botan.h"
#include "tools/credentials.h"
#include "tools/device_import.h"
#include "tools/device_list.h"
#include "tools/files.h"
#include "tools/printing.h"
#include "tools/server_store.h"

namespace cmpkit::tools {
namespace {

using Json = nlohmann::ordered_json;
using Done = tl::expected<void, std::string>;

struct Arguments {
  std::string folder, list, manufacturer;
  std::vector<std::string> certificates;
  bool json = false;
};

/// What is in the list goes into the store, or is told.
class Import {
 public:
  Import(cmp::Store& store, const Arguments& arguments, std::uint64_t total)
      : arguments_(arguments), progress_("imported", total), devices_(store, origin(arguments), progress_) {}

  /// Of `origin`: `devices.csv:17`.
  void take(const std::string& origin, ListedDevice listed) {
    if (!stored_) return;
    if (listed.device) {
      stored_ = devices_.add(std::move(*listed.device));
      return;
    }
    if (!arguments_.json) fmt::print(stderr, "cmpkit: {}:{}: {}\n", origin, listed.place, listed.device.error());
    wrong_.push_back({{"origin", origin}, {"place", listed.place}, {"error", listed.device.error()}});
  }

  /// Returns an ExitCode.
  int finish() {
    const auto counts = stored_ ? devices_.finish() : tl::unexpected(stored_.error());
    if (!counts)
      return fail(counts.error(), "see that the store can be reached, and import again: what is stored stays as it is");
    progress_.finish();
    tell(*counts);
    return wrong_.empty() ? exit_ok : exit_failed;
  }

 private:
  static std::string origin(const Arguments& arguments) {
    return arguments.list.empty() ? arguments.certificates.front() : arguments.list;
  }

  void tell(const DeviceImport::Counts& counts) const {
    if (arguments_.json) {
      print_json(
          {{"added", counts.added}, {"changed", counts.changed}, {"unchanged", counts.unchanged}, {"wrong", wrong_}});
      return;
    }
    fmt::print("{} added, {} changed, {} as they were\n", counts.added, counts.changed, counts.unchanged);
    if (!wrong_.empty()) fmt::print("{} are wrong and not imported: put them right and import again\n", wrong_.size());
  }

  const Arguments& arguments_;
  Progress progress_;
  DeviceImport devices_;
  Done stored_;
  Json wrong_ = Json::array();
};

/// The files, and those of a folder in the order of their names.
tl::expected<std::vector<std::string>, std::string> files_in(const std::vector<std::string>& paths) {
  std::vector<std::string> out;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!std::filesystem::is_directory(path, error)) {
      out.push_back(path);
      continue;
    }
    const auto begin = out.size();
    for (const auto& entry : std::filesystem::directory_iterator(path, error))
      if (entry.is_regular_file(error)) out.push_back(entry.path().string());
    if (error) return tl::unexpected(fmt::format("{} cannot be read: {}", path, error.message()));
    std::sort(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end());
  }
  return out;
}

void import_certificates(Import& import, const std::string& file, const std::string& manufacturer) {
  const auto certificates = load_certificates({file});
  if (!certificates) return import.take(file, {1, tl::unexpected(certificates.error())});
  std::size_t place = 0;
  for (const Octets& each : *certificates)
    import.take(file, {++place, device_of_certificate(each, manufacturer, cmp::botan_crypto())});
}

int import_all_certificates(cmp::Store& store, const Arguments& arguments) {
  const auto files = files_in(arguments.certificates);
  if (!files) return fail(files.error());
  Import import(store, arguments, files->size());
  for (const std::string& file : *files) import_certificates(import, file, arguments.manufacturer);
  return import.finish();
}

/// Read twice: what is no list at all is told before anything is stored, and how long it takes is known.
int import_list(cmp::Store& store, const Arguments& arguments) {
  const auto content = read_file(arguments.list);
  if (!content) return fail(content.error());
  std::uint64_t total = 0;
  const auto counted = read_device_list(text_of(*content), [&](const ListedDevice&) { ++total; });
  if (!counted)
    return fail(fmt::format("{}: {}", arguments.list, counted.error()),
                "write CSV with the names of the columns in its first line, such as manufacturer,serial,model");
  Import import(store, arguments, total);
  (void)read_device_list(text_of(*content), [&](ListedDevice each) { import.take(arguments.list, std::move(each)); });
  return import.finish();
}

int run(const Arguments& arguments) {
  if (arguments.list.empty() == arguments.certificates.empty())
    return misused("there is nothing to import, or two things", "name a file, or certificates by --certificates");
  const auto ra = open_server_store(arguments.folder);
  if (!ra) return ra.error();
  return arguments.list.empty() ? import_all_certificates(*ra->store, arguments) : import_list(*ra->store, arguments);
}

}  // namespace

void add_ra_inventory_import(CLI::App& inventory, Action& action) {
  CLI::App* command = inventory.add_subcommand("import", "Add devices, or change what is known of them");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("DIR", arguments->folder, "Folder made by cmpkit ra init")->required();
  command->add_option("FILE", arguments->list,
                      "CSV (columns manufacturer, serial, model, key_sha256, certificate_sha256, state) or JSON of the "
                      "same names; - is standard input");
  command->add_option("--certificates", arguments->certificates,
                      "Instead of a list: the IDevID certificates, in files or folders");
  command->add_option("--manufacturer", arguments->manufacturer,
                      "... of this manufacturer; default: the O of their subjects");
  command->add_flag("--json", arguments->json, "Print JSON");
  command->callback([arguments, &action] { action = [arguments] { return run(*arguments); }; });
}

}  // namespace cmpkit::tools
