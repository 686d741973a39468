#include "tools/client_arguments.h"

#include <fmt/ranges.h>

#include <CLI/CLI.hpp>

#include "cmpkit/cmp/tolerance.h"

namespace cmpkit::tools {
namespace {

constexpr auto who_we_are = "Who we are";

void add_server_options(CLI::App& command, ClientArguments& arguments) {
  constexpr auto group = "The server";
  command.add_option("--server", arguments.server, "http://host[:port][/path]; without a path /.well-known/cmp")
      ->required()
      ->group(group);
  command.add_option("--path", arguments.path, "Path at the server, instead of that in --server")->group(group);
  command
      .add_option("--recipient", arguments.recipient,
                  "Name of the CA; default: where we are known to it the issuer of --cert, else none")
      ->group(group);
  command.add_option("--msg_timeout,--msg-timeout", arguments.msg_timeout, "Seconds for a message and its answer")
      ->capture_default_str()
      ->check(CLI::Range(1, 86400))
      ->group(group);
}

void add_identity_options(CLI::App& command, ClientArguments& arguments) {
  constexpr auto group = who_we_are;
  command.add_option("--cert", arguments.certificate, "Our certificate, then any issuers (PEM or DER)")->group(group);
  command.add_option("--key", arguments.key, "Its private key")->group(group);
  command.add_option("--keypass", arguments.key_passphrase, "Passphrase of the key: pass:, file: or env:")
      ->group(group);
  command
      .add_option("--digest", arguments.digest,
                  "Digest of our signatures: sha256, sha384, ...; default: as strong as the key")
      ->group(group);
  command.add_option("--extracerts", arguments.extra_certificates, "Files with further issuers of our certificate")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->group(group);
}

std::string tolerate_help() {
  std::vector<std::string_view> names;
  for (const cmp::Deviation deviation : cmp::all_deviations()) names.push_back(name_of(deviation));
  return fmt::format("What this server may do wrong: {}", fmt::join(names, ", "));
}

void add_trust_options(CLI::App& command, ClientArguments& arguments) {
  constexpr auto group = "Whom we believe";
  command
      .add_option("--trusted", arguments.trusted, "Files with the roots under which the server's certificate must be")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->group(group);
  command
      .add_option("--untrusted", arguments.untrusted,
                  "Files with issuers between those roots and the server's certificate, where it does not send them")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->group(group);
  command.add_option("--srvcert", arguments.server_certificate, "The server's certificate, believed by itself")
      ->group(group);
  command
      .add_flag("--unprotected_errors,--unprotected-errors", arguments.unprotected_errors,
                "Believe a refusal that nobody protected (anyone on the way can make one)")
      ->group(group);
  command.add_option("--tolerate", arguments.tolerated, tolerate_help())
      ->delimiter(',')
      ->allow_extra_args(false)
      ->group(group);
}

void add_request_options(CLI::App& command, ClientArguments& arguments) {
  command.add_option("--profile", arguments.profile, "Certificate profile")->group(asked_group);
  command
      .add_option("--geninfo", arguments.general_info,
                  "Further items of the header: OID:int:NUMBER or OID:str:TEXT, separated by commas")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->group(asked_group);
}

void add_waiting_options(CLI::App& command, ClientArguments& arguments) {
  constexpr auto group = "Where the server lets us wait, or is not available";
  command
      .add_option("--total_timeout,--total-timeout", arguments.total_timeout,
                  "Seconds for all waiting that it asks for")
      ->capture_default_str()
      ->group(group);
  command
      .add_option("--retries", arguments.retries,
                  "How often a message is sent again: to a server that is not available, or cannot be reached")
      ->capture_default_str()
      ->check(CLI::Range(0, 1000))
      ->group(group);
  command
      .add_option("--retry_wait,--retry-wait", arguments.retry_wait,
                  "Seconds before the first of them; each time twice as long")
      ->capture_default_str()
      ->check(CLI::Range(0, 86400))
      ->group(group);
  auto* wait =
      command.add_option("--wait", arguments.wait,
                         "Seconds that this process waits at most in all; then what is awaited stands in --save");
  wait->group(group);
  command.add_flag("--no-wait", arguments.no_wait, "Do not wait at all")->excludes(wait)->group(group);
  command
      .add_option("--save", arguments.save_file,
                  "File for what is awaited, as long as something is; default: that of --resume")
      ->group(group);
  command
      .add_option("--resume", arguments.resume_file, "Go on with what was saved there; all other options as they were")
      ->group(group);
}

void add_report_options(CLI::App& command, ClientArguments& arguments) {
  constexpr auto group = result_group;
  command.add_option("--reqout", arguments.requests_out, "Files for the requests, in order, separated by commas")
      ->group(group);
  command.add_option("--rspout", arguments.responses_out, "Files for the answers, likewise")->group(group);
  command.add_flag("--json", arguments.json, "Print the result as JSON")->group(group);
  command.add_flag("-v,--verbose", arguments.verbose, "Tell each message")->group(group);
}

}  // namespace

void add_secret_options(CLI::App& command, ClientArguments& arguments) {
  command.add_option("--ref", arguments.reference, "Reference of the shared secret")->group(who_we_are);
  command.add_option("--secret", arguments.secret, "The shared secret: pass:SECRET, file:PATH or env:VARIABLE")
      ->group(who_we_are);
  command.add_option("--mac", arguments.mac, "How the secret protects")
      ->check(CLI::IsMember({"pbm", "pbmac1"}))
      ->capture_default_str()
      ->group(who_we_are);
}

void add_client_options(CLI::App& command, ClientArguments& arguments) {
  add_server_options(command, arguments);
  add_identity_options(command, arguments);
  add_trust_options(command, arguments);
  add_request_options(command, arguments);
  add_waiting_options(command, arguments);
  add_report_options(command, arguments);
}

}  // namespace cmpkit::tools
