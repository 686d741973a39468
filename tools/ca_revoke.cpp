// `cmpkit ca revoke`: an operator revokes a certificate, puts it on hold or releases it, as an rr would.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cmpkit/cmp/revoke.h"
#include "tools/ca.h"
#include "tools/ca_store.h"
#include "tools/certificate_record.h"
#include "tools/printing.h"
#include "tools/revocation_reason.h"
#include "tools/serial_number.h"
#include "tools/system_clock.h"

namespace cmpkit::tools {
namespace {

using Reason = asn1::CRLReason;

struct Arguments {
  std::string folder, serial, reason = "unspecified";
  bool json = false;
};

const char* result_of(Reason::Value reason) {
  if (reason == Reason::certificateHold) return "held";
  return reason == Reason::removeFromCRL ? "released" : "revoked";
}

int ca_revoke(const Arguments& arguments) {
  const auto serial = parse_serial_number(arguments.serial);
  if (!serial) return misused("SERIAL: " + serial.error());
  const auto reason = reason_named(arguments.reason);
  if (!reason) return misused(fmt::format("--reason: {} is no reason of RFC 5280", arguments.reason));
  const auto ca = open_ca_store(arguments.folder);
  if (!ca) return ca.error();

  cmp::IssuedCertificate after;
  const auto done = commit_change(*ca->store, [&]() -> tl::expected<cmp::Change, std::string> {
    auto record = ca->store->certificate(*serial);
    if (!record) return tl::unexpected(record.error().text);
    if (!*record) return tl::unexpected<std::string>("there is no certificate with this serial number");
    const auto changed = cmp::revoke_certificate(**record, *reason, SystemClock().now());
    if (!changed) return tl::unexpected(changed.error().text);
    after = **record;
    cmp::Change change;
    change.certificates = {after};
    change.audit = {operator_entry("revoke", result_of(*reason), reason_name(*reason))};
    change.audit.front().certificates = {*serial};
    return change;
  });
  if (!done) return fail(done.error(), "cmpkit ca show DIR SERIAL tells what is known of it");
  if (arguments.json)
    print_json(json_of(after));
  else
    fmt::print("{} ({}): {}\n", result_of(*reason), reason_name(*reason), one_line(after));
  return exit_ok;
}

}  // namespace

void add_ca_revoke(CLI::App& ca, Action& action) {
  CLI::App* command = ca.add_subcommand("revoke", "Revoke a certificate, put it on hold or release it");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("DIR", arguments->folder, "Folder made by cmpkit ca init")->required();
  command->add_option("SERIAL", arguments->serial, "Its serial number, hexadecimal")->required();
  command
      ->add_option("--reason", arguments->reason,
                   "Why: keyCompromise, superseded, certificateHold, removeFromCRL (release), ..., or its number")
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "Print JSON");
  command->callback([arguments, &action] { action = [arguments] { return ca_revoke(*arguments); }; });
}

}  // namespace cmpkit::tools
