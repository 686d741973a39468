// `cmpkit inspect`: what a message says, and what is wrong with it by RFC 9483.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "cmpkit/cmp/botan.h"
#include "tools/command.h"
#include "tools/files.h"
#include "tools/inspected.h"
#include "tools/printing.h"

namespace cmpkit::tools {
namespace {

struct InspectArguments {
  std::vector<std::string> files;
  bool json = false;
};

tl::expected<std::vector<Inspected>, std::string> load(const std::string& path) {
  return read_file(path).and_then(
      [&](Octets content) { return inspect_file(path == "-" ? "standard input" : path, std::move(content)); });
}

void print_text(const std::vector<Inspected>& all, const cmp::Crypto& crypto) {
  for (const Inspected& each : all) fmt::print("{}{}", &each == all.data() ? "" : "\n", each.text(crypto));
}

void print_json(const std::vector<Inspected>& all, const cmp::Crypto& crypto) {
  auto json = nlohmann::ordered_json::array();
  for (const Inspected& each : all) json.push_back(each.json(crypto));
  tools::print_json(json);
}

int inspect(const InspectArguments& arguments) {
  std::vector<Inspected> all;
  for (const std::string& path : arguments.files) {
    auto inspected = load(path);
    if (!inspected) return misused(inspected.error());
    std::move(inspected->begin(), inspected->end(), std::back_inserter(all));
  }
  (arguments.json ? print_json : print_text)(all, cmp::botan_crypto());
  return std::any_of(all.begin(), all.end(), [](const Inspected& each) { return each.is_wrong(); }) ? exit_failed
                                                                                                    : exit_ok;
}

}  // namespace

void add_inspect(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("inspect", "Show what messages say and what is wrong with them");
  const auto arguments = std::make_shared<InspectArguments>();
  command
      ->add_option("files", arguments->files,
                   "CMP messages, certificates or requests, PEM or DER; - for standard input")
      ->required();
  command->add_flag("--json", arguments->json, "Print JSON: the value of each, and every check");
  command->callback([arguments, &action] { action = [arguments] { return inspect(*arguments); }; });
}

}  // namespace cmpkit::tools
