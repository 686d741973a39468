// `cmpkit enroll`: a certificate for a key, by ir, cr, kur or p10cr (RFC 9483 Section 4.1).
#include "tools/enroll.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/pem.h"
#include "cmpkit/transport/http_client.h"
#include "cmpkit/transport/url.h"
#include "tools/command.h"
#include "tools/enrollment_preparation.h"
#include "tools/enrollment_report.h"
#include "tools/files.h"
#include "tools/run_teller.h"
#include "tools/system_clock.h"

namespace cmpkit::tools {
namespace {

tl::expected<transport::HttpClient, transport::TransportError> connect(const EnrollArguments& arguments) {
  const transport::ClientOptions options{.total_timeout = std::chrono::seconds{arguments.msg_timeout}};
  if (arguments.path.empty()) return transport::HttpClient::create(arguments.server, options);
  auto url = transport::parse_url(arguments.server);
  if (!url) return tl::unexpected(url.error());
  url->path = arguments.path.starts_with('/') ? arguments.path : "/" + arguments.path;
  return transport::HttpClient::create(url->text(), options);
}

std::string certificates_pem(std::span<const Octets> certificates) {
  std::string pem;
  for (const Octets& certificate : certificates) pem += cmp::encode_pem("CERTIFICATE", certificate);
  return pem;
}

/// Writes certificates to the file that an option names, and says so in the report.
tl::expected<void, std::string> store(EnrollmentReport& report, std::string what, const std::string& path,
                                      std::span<const Octets> certificates) {
  if (path.empty() || certificates.empty()) return {};
  return write_file(path, bytes_of(certificates_pem(certificates))).map([&] {
    report.files.push_back({std::move(what), path});
  });
}

tl::expected<void, std::string> store_all(EnrollmentReport& report, const EnrollArguments& arguments,
                                          const cmp::Outcome& outcome) {
  return store(report, "certificate", arguments.certificate_out, {&outcome.certificate, 1})
      .and_then([&] { return store(report, "chain", arguments.chain_out, outcome.chain); })
      .and_then([&] { return store(report, "caPubs", arguments.ca_certificates_out, outcome.ca_pubs); });
}

/// People read failures on standard error; who asked for JSON reads it on standard output.
int conclude(const EnrollmentReport& report, bool json) {
  if (json) {
    fmt::print("{}", report_json(report));
  } else if (report.failure) {
    fmt::print(stderr, "cmpkit: {}", report_text(report));
  } else {
    fmt::print("{}", report_text(report));
  }
  return report.failure ? exit_failed : exit_ok;
}

}  // namespace

int enroll(const EnrollArguments& arguments) {
  const cmp::Crypto& crypto = cmp::botan_crypto();
  auto channel = connect(arguments);
  if (!channel) return misused(channel.error().text, advice_on(channel.error().kind).next_step);
  auto prepared = prepare_enrollment(arguments, crypto);
  if (!prepared) return misused(prepared.error());

  const SystemClock clock;
  auto enrollment = cmp::Enrollment::create(std::move(prepared->options), {clock, cmp::system_random(), crypto});
  if (!enrollment) return misused(enrollment.error());
  RunTeller teller(arguments, crypto);
  const RunResult run = run_enrollment(*enrollment, *channel, clock, teller);

  EnrollmentReport report = report_on(run, arguments.command, arguments.server, prepared->by_secret, crypto);
  report.key_file = arguments.new_key;
  report.key_generated = prepared->key_generated;
  if (!report.failure) {
    if (const auto stored = store_all(report, arguments, *run.outcome); !stored) return fail(stored.error());
  }
  return conclude(report, arguments.json);
}

void add_enroll(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("enroll", "Get a certificate from a CA");
  const auto arguments = std::make_shared<EnrollArguments>();
  command->add_option("--cmd", arguments->command, "The request: ir for a first, cr for a further certificate")
      ->check(CLI::IsMember({"ir", "cr", "kur", "p10cr"}))
      ->capture_default_str()
      ->group("What we ask for");
  command
      ->add_option("--subject", arguments->subject,
                   "Whose certificate: /O=Example/CN=Device 7; default: that of --cert")
      ->group("What we ask for");
  command->add_option("--csr", arguments->request_file, "PKCS #10 request to send with --cmd p10cr")
      ->group("What we ask for");
  add_secret_options(*command, *arguments);
  add_enroll_options(*command, *arguments);
  command->callback([arguments, &action] { action = [arguments] { return enroll(*arguments); }; });
}

}  // namespace cmpkit::tools
