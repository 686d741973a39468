// `cmpkit ca pending`, `approve` and `reject`, and the same of `cmpkit ra`: the requests that wait for somebody.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "tools/certificate_summary.h"
#include "tools/printing.h"
#include "tools/server_commands.h"
#include "tools/server_store.h"
#include "tools/store_approvals.h"

namespace cmpkit::tools {
namespace {

using Json = nlohmann::ordered_json;
using State = cmp::StoredApproval::State;

struct Arguments {
  std::string folder, id, reason;
  bool json = false;
};

Json json_of(const cmp::StoredApproval& request) {
  return {{"id", request.id},           {"since", time_text(request.since)}, {"operation", request.operation},
          {"profile", request.profile}, {"requester", request.requester},    {"subject", request.subject},
          {"key", request.key}};
}

int list_pending(const Arguments& arguments) {
  const auto server = open_server_store(arguments.folder);
  if (!server) return server.error();
  const auto requests = server->store->approvals(State::waiting);
  if (!requests) return store_failed(requests.error().text);
  if (arguments.json) {
    Json all = Json::array();
    for (const auto& each : *requests) all.push_back(json_of(each));
    print_json(all);
    return exit_ok;
  }
  for (const auto& each : *requests)
    fmt::print("{}  since {}: {} of profile {} by {}: {}, key {}\n", each.id, time_text(each.since), each.operation,
               printable(each.profile), printable(each.requester), printable(each.subject), each.key);
  if (requests->empty()) fmt::print("no request is waiting\n");
  return exit_ok;
}

int decide(const Arguments& arguments, State decision) {
  const auto server = open_server_store(arguments.folder);
  if (!server) return server.error();
  const bool approve = decision == State::approved;
  const char* result = approve ? "approved" : "rejected";
  cmp::StoredApproval request;
  std::string id = arguments.id;
  const auto done = commit_change(*server->store, [&]() -> tl::expected<cmp::Change, std::string> {
    auto found = find_waiting(*server->store, id);
    if (!found) return tl::unexpected(found.error());
    request = std::move(*found);
    id = request.id;  // this one it stays
    request.state = decision;
    request.reason = arguments.reason;
    cmp::Change change;
    change.approval = request;
    change.audit = {operator_entry(approve ? "approve" : "reject", result,
                                   fmt::format("{} by {}: {}{}{}", request.operation, request.requester,
                                               request.subject, request.reason.empty() ? "" : "; ", request.reason))};
    return change;
  });
  if (!done) return fail(done.error(), fmt::format("cmpkit {} pending lists those that wait", server->role->command));
  if (arguments.json) {
    Json json = json_of(request);
    json["decision"] = result;
    print_json(json);
  } else {
    fmt::print("{} {}: {}\n", result, request.id, printable(request.subject));
  }
  return exit_ok;
}

std::shared_ptr<Arguments> add_common(CLI::App& command, const ServerRole& role) {
  auto arguments = std::make_shared<Arguments>();
  command.add_option("DIR", arguments->folder, role.folder_help)->required();
  command.add_flag("--json", arguments->json, "Print JSON");
  return arguments;
}

void add_id(CLI::App& command, Arguments& arguments) {
  command.add_option("ID", arguments.id, "The request, or how its ID begins; may be left out where only one waits");
}

}  // namespace

void add_pending(CLI::App& app, const ServerRole& role, Action& action) {
  CLI::App* pending = app.add_subcommand("pending", "List the requests that wait for approval");
  const auto listed = add_common(*pending, role);
  pending->callback([listed, &action] { action = [listed] { return list_pending(*listed); }; });

  CLI::App* approve = app.add_subcommand("approve", "Approve a request that waits: the client gets its certificate");
  const auto good = add_common(*approve, role);
  add_id(*approve, *good);
  approve->callback([good, &action] { action = [good] { return decide(*good, State::approved); }; });

  CLI::App* reject = app.add_subcommand("reject", "Reject a request that waits");
  const auto bad = add_common(*reject, role);
  add_id(*reject, *bad);
  reject->add_option("--reason", bad->reason, "What the client is told");
  reject->callback([bad, &action] { action = [bad] { return decide(*bad, State::rejected); }; });
}

}  // namespace cmpkit::tools
