// `cmpkit ca list`: the certificates that a CA issued.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "tools/ca.h"
#include "tools/ca_store.h"
#include "tools/certificate_record.h"
#include "tools/certificate_summary.h"
#include "tools/printing.h"
#include "tools/serial_number.h"

namespace cmpkit::tools {
namespace {

struct Arguments {
  std::string folder, status, subject, after;
  std::size_t count = 100;
  bool json = false;
};

/// The store looks through names in lower case.
std::string lower_case(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

void print(const std::vector<cmp::IssuedCertificate>& records, const Arguments& arguments) {
  if (arguments.json) {
    auto all = nlohmann::ordered_json::array();
    for (const auto& each : records) all.push_back(json_of(each));
    print_json(all);
    return;
  }
  for (const auto& each : records) fmt::print("{}\n", one_line(each));
  if (records.empty())
    fmt::print("there is none\n");
  else if (records.size() == arguments.count)
    fmt::print("there may be more: --after {}\n", hexadecimal(records.back().serial));
}

int ca_list(const Arguments& arguments) {
  cmp::CertificateQuery query;
  query.count = arguments.count;
  query.subject = lower_case(arguments.subject);
  query.status = status_named(arguments.status);
  if (!arguments.after.empty()) {
    auto after = parse_serial_number(arguments.after);
    if (!after) return misused("--after: " + after.error());
    query.after = std::move(*after);
  }
  const auto ca = open_ca_store(arguments.folder);
  if (!ca) return ca.error();
  const auto records = ca->store->list(query);
  if (!records) return store_failed(records.error().text);
  print(*records, arguments);
  return exit_ok;
}

}  // namespace

void add_ca_list(CLI::App& ca, Action& action) {
  CLI::App* command = ca.add_subcommand("list", "List the certificates that a CA issued, by their serial numbers");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("DIR", arguments->folder, "Folder made by cmpkit ca init")->required();
  command->add_option("--status", arguments->status, "Only those of this status")->check(CLI::IsMember(status_names()));
  command->add_option("--subject", arguments->subject, "Only those with this text in their subject, /CN=device-1");
  command->add_option("--count", arguments->count, "So many at most")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  command->add_option("--after", arguments->after, "Those whose serial numbers follow this one (hexadecimal)");
  command->add_flag("--json", arguments->json, "Print JSON");
  command->callback([arguments, &action] { action = [arguments] { return ca_list(*arguments); }; });
}

}  // namespace cmpkit::tools
