// `cmpkit revoke`: a certificate is valid no longer, or on hold, or valid again (RFC 9483 Section 4.2).
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <array>
#include <memory>

#include "cmpkit/asn1/names.h"
#include "cmpkit/cmp/revocation.h"
#include "tools/client.h"
#include "tools/command.h"
#include "tools/credentials.h"

namespace cmpkit::tools {
namespace {

using Reason = asn1::CRLReason;

struct RevokeArguments : ClientArguments {
  std::string old_certificate, issuer, serial, reason = "unspecified";
};

struct ReasonName {
  std::string_view name;
  Reason::Value value;
};
constexpr std::array<ReasonName, 10> reasons{{{"unspecified", Reason::unspecified},
                                              {"keyCompromise", Reason::keyCompromise},
                                              {"cACompromise", Reason::cACompromise},
                                              {"affiliationChanged", Reason::affiliationChanged},
                                              {"superseded", Reason::superseded},
                                              {"cessationOfOperation", Reason::cessationOfOperation},
                                              {"certificateHold", Reason::certificateHold},
                                              {"removeFromCRL", Reason::removeFromCRL},
                                              {"privilegeWithdrawn", Reason::privilegeWithdrawn},
                                              {"aACompromise", Reason::aACompromise}}};

/// By name, or by number as OpenSSL takes it.
std::optional<ReasonName> reason_named(const std::string& text) {
  for (const ReasonName& reason : reasons)
    if (text == reason.name || text == fmt::format("{}", static_cast<int>(reason.value))) return reason;
  return {};
}

/// Content octets of the INTEGER that the hexadecimal digits spell, `0x` before them or not.
tl::expected<Octets, std::string> serial_number(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  std::string digits(text.size() % 2, '0');
  digits += text;
  Octets out;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    char* end = nullptr;
    const std::string pair = digits.substr(i, 2);
    out.push_back(static_cast<std::uint8_t>(std::strtoul(pair.c_str(), &end, 16)));
    if (end != pair.c_str() + 2 || pair[0] == '-' || pair[0] == '+' || pair[0] == ' ')
      return tl::unexpected(fmt::format("{} is no hexadecimal number", text));
  }
  if (out.empty()) return tl::unexpected<std::string>("it is empty");
  if ((out.front() & 0x80U) != 0) out.insert(out.begin(), 0);
  return out;
}

Step set_certificate(const RevokeArguments& a, cmp::RevocationOptions& options) {
  if (a.issuer.empty() != a.serial.empty()) return wrong("--issuer and --serial go together");
  if (!a.issuer.empty()) {
    auto issuer = naming("--issuer", asn1::parse_name(a.issuer));
    if (!issuer) return tl::unexpected(issuer.error());
    auto serial = naming("--serial", serial_number(a.serial));
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
  options.reason = reason->value;
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
  report.facts.emplace_back("reason", reason->name);
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
