// `cmpkit genm`: asks a CA for information (RFC 9483 Section 4.3, RFC 9810 Section 5.3.19).
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cmpkit/asn1/oids.h"
#include "tools/client.h"
#include "tools/command.h"
#include "tools/genm_arguments.h"
#include "tools/genm_question.h"
#include "tools/genm_report.h"

namespace cmpkit::tools {
namespace {

int genm(const GenmArguments& arguments) {
  const cmp::Crypto& crypto = cmp::botan_crypto();
  auto channel = connect(arguments);
  if (!channel) return misused(channel.error().text, advice_on(channel.error().kind).next_step);
  cmp::InquiryOptions options;
  options.profile = arguments.profile;
  std::unique_ptr<cmp::TrustStore> trust;
  const Step prepared = prepare_client(arguments, crypto, options, trust)
                            .and_then([&] { return make_question(arguments, options.question); })
                            .and_then([&] { return check_outputs(arguments); })
                            .and_then([&] { return check_writable(arguments.outputs()); });
  if (!prepared) return misused(prepared.error());

  const SystemClock clock;
  auto operation = begin_or_resume<cmp::Inquiry>(std::move(options), {clock, cmp::system_random(), crypto}, arguments);
  if (!operation) return misused(operation.error());
  auto [run, report] = carry_out(*operation, *channel, clock, arguments, {"genm", "answered", "no answer"});
  if (run.outcome && run.outcome->answer) {
    report.headline = run.outcome->text;
    tell_answer(*run.outcome->answer, report, crypto);
    if (const auto stored = store_answer(*run.outcome->answer, arguments, report); !stored) return fail(stored.error());
  }
  return conclude(report, arguments.json);
}

}  // namespace

void add_genm(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("genm", "Ask a CA for information: its certificates, CRLs, templates, ...");
  const auto arguments = std::make_shared<GenmArguments>();
  add_genm_options(*command, *arguments);
  command->callback([arguments, &action] { action = [arguments] { return genm(*arguments); }; });
}

}  // namespace cmpkit::tools
