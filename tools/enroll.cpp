// `cmpkit enroll`: a certificate for a key, by ir, cr, kur or p10cr (RFC 9483 Section 4.1).
#include "tools/enroll.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "tools/client.h"
#include "tools/client_preparation.h"
#include "tools/command.h"
#include "tools/credentials.h"
#include "tools/enrollment_preparation.h"

namespace cmpkit::tools {
namespace {

/// The key that the CA made, before all else: without it the certificate is of no use.
Step store_new_key(OperationReport& report, const EnrollArguments& arguments, const cmp::Outcome& outcome) {
  if (!arguments.central_key) return {};
  const auto key = cmp::PrivateKey::load(outcome.private_key);
  if (!key) return wrong("the key that came: " + key.error().text);
  report.key_file = arguments.new_key_out;
  return store_private_key(*key, arguments.new_key_out, arguments.new_key_passphrase);
}

Step store_all(OperationReport& report, const EnrollArguments& arguments, const cmp::Outcome& outcome) {
  constexpr std::string_view label = "CERTIFICATE";
  return store_new_key(report, arguments, outcome)
      .and_then(
          [&] { return store_pem(report, "certificate", arguments.certificate_out, label, {&outcome.certificate, 1}); })
      .and_then([&] { return store_pem(report, "chain", arguments.chain_out, label, outcome.chain); })
      .and_then([&] { return store_pem(report, "caPubs", arguments.ca_certificates_out, label, outcome.ca_pubs); });
}

}  // namespace

int enroll(const EnrollArguments& arguments) {
  const cmp::Crypto& crypto = cmp::botan_crypto();
  auto channel = connect(arguments);
  if (!channel) return misused(channel.error().text, advice_on(channel.error().kind).next_step);
  auto prepared = prepare_enrollment(arguments, crypto);
  if (!prepared) return misused(prepared.error());

  const SystemClock clock;
  auto enrollment =
      begin_or_resume<cmp::Enrollment>(std::move(prepared->options), {clock, cmp::system_random(), crypto}, arguments);
  if (!enrollment) return misused(enrollment.error());
  auto [run, report] =
      carry_out(*enrollment, *channel, clock, arguments, {arguments.command, "enrolled", "no certificate"});
  report.key_file = arguments.new_key;
  report.key_generated = prepared->key_generated;
  if (run.outcome && run.outcome->success)
    if (const auto stored = store_all(report, arguments, *run.outcome); !stored) return fail(stored.error());
  return conclude(report, arguments.json);
}

void add_enroll(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("enroll", "Get a certificate from a CA");
  const auto arguments = std::make_shared<EnrollArguments>();
  command->add_option("--cmd", arguments->command, "The request: ir for a first, cr for a further certificate")
      ->check(CLI::IsMember({"ir", "cr", "kur", "p10cr"}))
      ->capture_default_str()
      ->group(asked_group);
  command
      ->add_option("--subject", arguments->subject,
                   "Whose certificate: /O=Example/CN=Device 7; default: that of --cert")
      ->group(asked_group);
  command->add_option("--csr", arguments->request_file, "PKCS #10 request to send with --cmd p10cr")
      ->group(asked_group);
  add_secret_options(*command, *arguments);
  add_enroll_options(*command, *arguments);
  command->callback([arguments, &action] { action = [arguments] { return enroll(*arguments); }; });
}

}  // namespace cmpkit::tools
