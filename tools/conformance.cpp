// `cmpkit conformance`: the rules of the RFCs, case by case, against any server.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>

#include "conformance/client_runner.h"
#include "conformance/coverage.h"
#include "conformance/relay_runner.h"
#include "conformance/report.h"
#include "conformance/sections.h"
#include "tools/command.h"
#include "tools/conformance_peer.h"
#include "tools/files.h"

namespace cmpkit::tools {
namespace {

using conformance::Case;
using conformance::CaseResult;
using conformance::ClientCase;
using conformance::RelayCase;
using conformance::Results;

struct ConformanceArguments {
  std::string server, config, rule, name, junit, json, save;
  int section = 0;
  bool list = false, coverage = false, client = false, ra = false;
};

/// Of the cases about servers, about our client and about RAs.
template <class AnyCase>
bool is_wanted(const AnyCase& each, const ConformanceArguments& arguments) {
  if (!arguments.name.empty() && each.name != arguments.name) return false;
  return std::any_of(each.rules.begin(), each.rules.end(), [&](const cmp::Rule* rule) {
    return (arguments.rule.empty() || rule->id == arguments.rule) &&
           (arguments.section == 0 || conformance::section_of(*rule).number == arguments.section);
  });
}

template <class AnyCase>
std::vector<const AnyCase*> wanted_of(const std::vector<AnyCase>& all, const ConformanceArguments& arguments) {
  std::vector<const AnyCase*> out;
  for (const AnyCase& each : all)
    if (is_wanted(each, arguments)) out.push_back(&each);
  return out;
}

struct Wanted {
  std::vector<const Case*> server;
  std::vector<const ClientCase*> client;
  std::vector<const RelayCase*> relay;
};

/// With the features that they need.
template <class AnyCase>
void list(const std::vector<const AnyCase*>& cases, std::string_view about) {
  for (const AnyCase* each : cases) {
    std::string needs;
    for (const auto feature : conformance::features_of(*each)) needs += fmt::format(" {}", feature);
    fmt::print("{:<6} {}{}  [{} ]\n", each->rules.front()->id, about, each->name, needs);
  }
}

int list(const Wanted& wanted) {
  list(wanted.server, "");
  list(wanted.relay, "RA: ");
  for (const ClientCase* each : wanted.client) fmt::print("{:<6} client: {}\n", each->rules.front()->id, each->name);
  return exit_ok;
}

int print_coverage() {
  const auto covered = conformance::coverage();
  fmt::print("{}\n", conformance::text_of(covered));
  for (const auto& each : covered.uncovered)
    fmt::print("  {:<6} {:<3} {}\n             {}\n", each.rule->id, conformance::name_of(each.rule->who),
               each.rule->text, each.reason);
  return exit_ok;
}

/// The messages of a case, a file each: `007-1-request.der`.
tl::expected<void, std::string> save(const CaseResult& result, std::size_t number, const std::string& folder) {
  for (std::size_t i = 0; i < result.said.size(); ++i) {
    const std::string path = fmt::format("{}/{:03}-{}-", folder, number, i + 1);
    auto written = write_file(path + "request.der", result.said[i].request);
    if (written) written = write_file(path + "reply.der", result.said[i].reply);
    if (!written) return written;
  }
  return {};
}

tl::expected<void, std::string> write_reports(const Results& results, const ConformanceArguments& arguments) {
  if (!arguments.junit.empty()) {
    if (auto done = write_file(arguments.junit, bytes_of(conformance::junit_xml(results))); !done) return done;
  }
  if (arguments.json.empty()) return {};
  return write_file(arguments.json, bytes_of(conformance::json_text(results)));
}

/// Runs each case, tells how it ended and keeps its messages.
template <class AnyRunner, class AnyCase>
tl::expected<void, std::string> run_all(AnyRunner& runner, const std::vector<const AnyCase*>& cases,
                                        const ConformanceArguments& arguments, Results& results) {
  for (const AnyCase* each : cases) {
    results.cases.push_back(runner.run(*each));
    fmt::print("{}\n", conformance::progress_line(results.cases.back()));
    std::fflush(stdout);
    if (arguments.save.empty()) continue;
    if (auto saved = save(results.cases.back(), results.cases.size(), arguments.save); !saved) return saved;
  }
  results.add(runner.messages());
  return {};
}

tl::expected<void, std::string> run(const conformance::Peer& peer, const Wanted& wanted,
                                    const ConformanceArguments& arguments, Results& results) {
  conformance::Runner runner(peer);
  if (auto done = run_all(runner, wanted.server, arguments, results); !done) return done;
  if (wanted.client.empty()) return {};
  conformance::ClientRunner client(peer);
  return run_all(client, wanted.client, arguments, results);
}

int report(const Results& results, const ConformanceArguments& arguments) {
  fmt::print("\n{}\n{}\n{}\n{}", conformance::table_text(results), conformance::skipped_text(results),
             conformance::failures_text(results), conformance::summary_text(results));
  if (auto written = write_reports(results, arguments); !written) return fail(written.error());
  return results.good() ? exit_ok : exit_failed;
}

/// What the file of the arguments says; or how the command ends.
tl::expected<std::unique_ptr<LoadedPeer>, int> load(const ConformanceArguments& arguments) {
  if (arguments.server.empty() || arguments.config.empty())
    return tl::unexpected(misused("--server and --config are needed", "see the section on conformance in README.md"));
  if (!arguments.save.empty()) std::filesystem::create_directories(arguments.save);
  auto loaded = load_peer(arguments.config);
  if (loaded) return std::move(*loaded);
  std::string all;
  for (const std::string& complaint : loaded.error()) all += (all.empty() ? "" : "\n  ") + complaint;
  return tl::unexpected(misused(all));
}

int test_server(const Wanted& wanted, const ConformanceArguments& arguments) {
  const auto loaded = load(arguments);
  if (!loaded) return loaded.error();
  const conformance::Peer& peer = (*loaded)->peer;
  if (!wanted.client.empty() && (!peer.server || !peer.server_no_signature))
    return misused("--client needs [server] and [server_no_signature] in " + arguments.config,
                   "it changes the answers of a server whose keys it has");
  if (auto connected = connect_peer(**loaded, arguments.server); !connected) return misused(connected.error());
  Results results{peer.name, {}, {}};
  const auto done = run(peer, wanted, arguments, results);
  return done ? report(results, arguments) : fail(done.error());
}

/// The RA must send what it forwards to the CA here, and may be started once that CA's URL is known.
int test_ra(const Wanted& wanted, const ConformanceArguments& arguments) {
  const auto loaded = load(arguments);
  if (!loaded) return loaded.error();
  const conformance::Peer& peer = (*loaded)->peer;
  if (!peer.issuer || !peer.server || !peer.server_no_signature)
    return misused("--ra needs [upstream], [server] and [server_no_signature] in " + arguments.config,
                   "it plays the CA above the RA with these keys");
  const auto upstream = conformance::Upstream::start(peer, (*loaded)->upstream);
  if (!upstream) return fail(upstream.error());
  fmt::print("upstream: {}\n", (*upstream)->url());
  std::fflush(stdout);
  std::string url = arguments.server;
  if (url == "-") std::getline(std::cin, url);
  if (auto connected = connect_peer(**loaded, url); !connected) return misused(connected.error());
  Results results{peer.name, {}, {}};
  conformance::RelayRunner runner(peer, **upstream);
  auto done = run_all(runner, wanted.relay, arguments, results);
  // An RA is a server, too. One that lets everybody wait answers otherwise than those cases want.
  if (done && peer.has(conformance::feature::online)) done = run(peer, wanted, arguments, results);
  return done ? report(results, arguments) : fail(done.error());
}

int conform(const ConformanceArguments& arguments) {
  if (arguments.coverage) return print_coverage();
  Wanted wanted{wanted_of(conformance::all_cases(), arguments), {}, {}};
  if (arguments.client || arguments.list) wanted.client = wanted_of(conformance::all_client_cases(), arguments);
  if (arguments.ra || arguments.list) wanted.relay = wanted_of(conformance::all_relay_cases(), arguments);
  if (wanted.server.empty() && wanted.client.empty() && wanted.relay.empty())
    return misused("there is no such case", "cmpkit conformance --list shows them all");
  if (arguments.list) return list(wanted);
  return arguments.ra ? test_ra(wanted, arguments) : test_server(wanted, arguments);
}

}  // namespace

void add_conformance(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("conformance", "Test a server by the rules of RFC 9483 and RFC 9810");
  const auto arguments = std::make_shared<ConformanceArguments>();
  command->add_option("--server", arguments->server,
                      "http://host[:port][/path] of the server to test; -: a line of the standard input says it");
  command->add_option("--config", arguments->config, "TOML file: credentials for the server, and what it can do");
  command->add_option("--section", arguments->section, "Only the cases of this section: 2 header, 3 protection, ...");
  command->add_option("--rule", arguments->rule, "Only the cases about this rule: V-10, ...");
  command->add_option("--case", arguments->name, "Only the case of this name");
  command->add_flag("--client", arguments->client,
                    "Test our client, too: with changed answers of the server, whose keys the file then names");
  command
      ->add_flag("--ra", arguments->ra,
                 "Test a registration authority that sends what it forwards to the CA that this command plays, whose "
                 "URL it prints first")
      ->excludes("--client");
  command->add_flag("--list", arguments->list, "Print the cases, each with the features that it needs");
  command->add_flag("--coverage", arguments->coverage, "Print which MUST rules have no case, and why");
  command->add_option("--junit", arguments->junit, "Write the results as JUnit XML");
  command->add_option("--json", arguments->json, "Write the results as JSON");
  command->add_option("--save", arguments->save, "Keep every message in this folder");
  command->callback([arguments, &action] { action = [arguments] { return conform(*arguments); }; });
}

}  // namespace cmpkit::tools
