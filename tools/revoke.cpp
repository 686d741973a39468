// `cmpkit revoke`: a certificate is valid no longer, or on hold, or valid again (RFC 9483 Section 4.2).
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cmpkit/asn1/names.h"
#include "cmpkit/cmp/revocation.h"
#include "tools/client.h"
#include "tools/command.h"
#include "tools/credentials.h"
#include "tools/revocation_reason.h"
#include "tools/serial_number.h"

namespace cmpkit::tools {
namespace {

struct RevokeArguments : ClientArguments {
  std::string old_certificate, issuer, serial, reason = "unspecified";
};

Step set_certificate(const RevokeArguments& a, cmp::RevocationOptions& options) {
  if (a.issuer.empty() != a.serial.empty()) return wrong("--issuer and --serial go together");
  if (!a.issuer.empty()) {
    auto issuer = naming("--issuer", asn1::parse_name(a.issuer));
    if (!issuer) return tl::unexpected(issuer.error());
    auto serial = naming("--serial", parse_serial_number(a.serial));
    if (!serial) return tl::unexpected(serial.error());
    options.issuer = std::move(*issuer);
    options.serial = std::move(*serial);
  }
  if (a.old_certificate.empty()) return {};
  auto certificates = load_certificates({a.old_certificate});
  if (!certificates) return tl::unexpected(certificates.error());
  options.certificate = std::move(certificates->front());
  return {};
}

/// The CA that is asked: by default the issuer of the certificate.
Step set_recipient(cmp::RevocationOptions& options) {
  if (!options.recipient.empty()) return {};
  options.recipient = options.issuer;
  if (const auto view = cmp::CertificateView::decode(options.certificate))
    options.recipient = copy_of(view->issuer().tlv);
  else if (options.issuer.empty())
    options.recipient = name_in_certificate(options.credential, &cmp::CertificateView::issuer);
  return {};
}

int revoke(const RevokeArguments& arguments) {
  const cmp::Crypto& crypto = cmp::botan_crypto();
  auto channel = connect(arguments);
  if (!channel) return misused(channel.error().text, advice_on(channel.error().kind).next_step);
  const auto reason = reason_named(arguments.reason);
  if (!reason) return misused(fmt::format("--revreason: {} is no reason of RFC 5280", arguments.reason));
  cmp::RevocationOptions options;
  options.reason = *reason;
  std::unique_ptr<cmp::TrustStore> trust;
  const Step prepared = prepare_client(arguments, crypto, options, trust)
                            .and_then([&] { return set_certificate(arguments, options); })
                            .and_then([&] { return set_recipient(options); })
                            .and_then([&] { return check_outputs(arguments); });
  if (!prepared) return misused(prepared.error());

  const SystemClock clock;
  auto operation =
      begin_or_resume<cmp::Revocation>(std::move(options), {clock, cmp::system_random(), crypto}, arguments);
  if (!operation) return misused(operation.error());
  auto [run, report] = carry_out(*operation, *channel, clock, arguments, {"rr", "revoked", "not revoked"});
  if (run.outcome) report.headline = run.outcome->text;
  report.facts.emplace_back("reason", reason_name(*reason));
  return conclude(report, arguments.json);
}

}  // namespace

void add_revoke(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("revoke", "Have a certificate revoked, put on hold or revived");
  const auto arguments = std::make_shared<RevokeArguments>();
  auto* certificate = command->add_option("--oldcert", arguments->old_certificate,
                                          "The certificate to revoke (PEM or DER); default: --cert");
  certificate->group(asked_group);
  command->add_option("--issuer", arguments->issuer, "In place of the certificate: its issuer, /O=Example/CN=CA")
      ->excludes(certificate)
      ->group(asked_group);
  command->add_option("--serial", arguments->serial, "... and its serial number, hexadecimal")
      ->excludes(certificate)
      ->group(asked_group);
  command
      ->add_option("--revreason", arguments->reason,
                   "Why: keyCompromise, superseded, certificateHold, removeFromCRL, ..., or its number")
      ->capture_default_str()
      ->group(asked_group);
  add_secret_options(*command, *arguments);
  add_client_options(*command, *arguments);
  command->callback([arguments, &action] { action = [arguments] { return revoke(*arguments); }; });
}

}  // namespace cmpkit::tools
