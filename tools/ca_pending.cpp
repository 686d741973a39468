// `cmpkit ca pending`, `approve` and `reject`: the requests that wait for somebody.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "tools/ca.h"
#include "tools/files.h"
#include "tools/pending_requests.h"

namespace cmpkit::tools {
namespace {

using Json = nlohmann::ordered_json;

struct Arguments {
  std::string folder, id, reason;
  bool json = false;
};

/// What a requester wrote cannot move the cursor.
std::string printable(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  return text;
}

Json json_of(const PendingRequest& request) {
  return {{"id", request.id},           {"since", request.since},         {"operation", request.operation},
          {"profile", request.profile}, {"requester", request.requester}, {"subject", request.subject},
          {"key", request.key}};
}

void print(const Json& json) { fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace)); }

/// A folder without ca.toml is a mistake, not a CA for which nothing waits.
bool is_ca(const std::string& folder) { return file_exists(folder + "/ca.toml"); }

int no_ca(const std::string& folder) {
  return misused(fmt::format("{} is not the folder of a CA: it has no ca.toml", folder), "name the folder of ca init");
}

int ca_pending(const Arguments& arguments) {
  if (!is_ca(arguments.folder)) return no_ca(arguments.folder);
  const auto requests = PendingRequests(arguments.folder).waiting();
  Json all = Json::array();
  for (const PendingRequest& each : requests) all.push_back(json_of(each));
  if (arguments.json) {
    print(all);
    return exit_ok;
  }
  for (const PendingRequest& each : requests)
    fmt::print("{}  since {}: {} of profile {} by {}: {}, key {}\n", each.id, each.since, each.operation,
               printable(each.profile), printable(each.requester), printable(each.subject), each.key);
  if (requests.empty()) fmt::print("no request is waiting\n");
  return exit_ok;
}

int decide(const Arguments& arguments, bool approve) {
  if (!is_ca(arguments.folder)) return no_ca(arguments.folder);
  const PendingRequests requests(arguments.folder);
  const auto request = requests.find(arguments.id);
  if (!request) return fail(request.error(), "cmpkit ca pending lists those that wait");
  const auto done = approve ? requests.approve(*request) : requests.reject(*request, arguments.reason);
  if (!done) return fail(done.error(), "see that the folder can be written");
  const char* decision = approve ? "approved" : "rejected";
  if (arguments.json) {
    Json json = json_of(*request);
    json["decision"] = decision;
    print(json);
  } else {
    fmt::print("{} {}: {}\n", decision, request->id, printable(request->subject));
  }
  return exit_ok;
}

std::shared_ptr<Arguments> add_common(CLI::App& command) {
  auto arguments = std::make_shared<Arguments>();
  command.add_option("DIR", arguments->folder, "Folder made by cmpkit ca init")->required();
  command.add_flag("--json", arguments->json, "Print JSON");
  return arguments;
}

void add_id(CLI::App& command, Arguments& arguments) {
  command.add_option("ID", arguments.id, "The request, or how its ID begins; may be left out where only one waits");
}

}  // namespace

void add_ca_pending(CLI::App& ca, Action& action) {
  CLI::App* pending = ca.add_subcommand("pending", "List the requests that wait for approval");
  const auto listed = add_common(*pending);
  pending->callback([listed, &action] { action = [listed] { return ca_pending(*listed); }; });

  CLI::App* approve = ca.add_subcommand("approve", "Approve a request that waits: the client gets its certificate");
  const auto good = add_common(*approve);
  add_id(*approve, *good);
  approve->callback([good, &action] { action = [good] { return decide(*good, true); }; });

  CLI::App* reject = ca.add_subcommand("reject", "Reject a request that waits");
  const auto bad = add_common(*reject);
  add_id(*reject, *bad);
  reject->add_option("--reason", bad->reason, "What the client is told");
  reject->callback([bad, &action] { action = [bad] { return decide(*bad, false); }; });
}

}  // namespace cmpkit::tools
