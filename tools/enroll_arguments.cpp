#include "tools/enroll_arguments.h"

#include <CLI/CLI.hpp>

namespace cmpkit::tools {
namespace {

constexpr auto who_we_are = "Who we are";

void add_server_options(CLI::App& command, EnrollArguments& arguments) {
  constexpr auto group = "The server";
  command.add_option("--server", arguments.server, "http://host[:port][/path]; without a path /.well-known/cmp")
      ->required()
      ->group(group);
  command.add_option("--path", arguments.path, "Path at the server, instead of that in --server")->group(group);
  command
      .add_option("--recipient", arguments.recipient,
                  "Name of the CA; default: for a kur the issuer of --cert, else none")
      ->group(group);
  command.add_option("--msg_timeout,--msg-timeout", arguments.msg_timeout, "Seconds for a message and its answer")
      ->capture_default_str()
      ->check(CLI::Range(1, 86400))
      ->group(group);
  command
      .add_option("--total_timeout,--total-timeout", arguments.total_timeout,
                  "Seconds for all waiting that it asks for")
      ->capture_default_str()
      ->group(group);
}

void add_identity_options(CLI::App& command, EnrollArguments& arguments) {
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

void add_trust_options(CLI::App& command, EnrollArguments& arguments) {
  constexpr auto group = "Whom we believe";
  command
      .add_option("--trusted", arguments.trusted, "Files with the roots under which the server's certificate must be")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->group(group);
  command.add_option("--srvcert", arguments.server_certificate, "The server's certificate, believed by itself")
      ->group(group);
  command
      .add_flag("--unprotected_errors,--unprotected-errors", arguments.unprotected_errors,
                "Believe a refusal that nobody protected (anyone on the way can make one)")
      ->group(group);
}

void add_request_options(CLI::App& command, EnrollArguments& arguments) {
  constexpr auto group = "What we ask for";
  command
      .add_option("--sans", arguments.alternative_names, "Further names: DNS:a,IP:192.0.2.1,URI:...,email:...,critical")
      ->group(group);
  command.add_option("--profile", arguments.profile, "Certificate profile")->group(group);
  command
      .add_option("--newkeytype", arguments.new_key_type,
                  "Of a key to make: ec:P-256, rsa:3072, ed25519, ml-dsa-65, ...")
      ->capture_default_str()
      ->group(group);
  command.add_option("--newkey", arguments.new_key, "The key to certify; made and stored there where there is none")
      ->group(group);
  command.add_option("--newkeypass", arguments.new_key_passphrase, "Passphrase of that key: pass:, file: or env:")
      ->group(group);
  command
      .add_flag("--implicit_confirm,--implicit-confirm", arguments.implicit_confirm,
                "Spare the confirmation where the server agrees")
      ->group(group);
}

void add_output_options(CLI::App& command, EnrollArguments& arguments) {
  constexpr auto group = "Where the results go";
  command.add_option("--certout", arguments.certificate_out, "The certificate")->required()->group(group);
  command.add_option("--chainout", arguments.chain_out, "Its issuers")->group(group);
  command.add_option("--cacertsout", arguments.ca_certificates_out, "CA certificates that an ip hands out (caPubs)")
      ->group(group);
  command.add_option("--reqout", arguments.requests_out, "Files for the requests, in order, separated by commas")
      ->group(group);
  command.add_option("--rspout", arguments.responses_out, "Files for the answers, likewise")->group(group);
  command.add_flag("--json", arguments.json, "Print the result as JSON")->group(group);
  command.add_flag("-v,--verbose", arguments.verbose, "Tell each message")->group(group);
}

}  // namespace

void add_secret_options(CLI::App& command, EnrollArguments& arguments) {
  command.add_option("--ref", arguments.reference, "Reference of the shared secret")->group(who_we_are);
  command.add_option("--secret", arguments.secret, "The shared secret: pass:SECRET, file:PATH or env:VARIABLE")
      ->group(who_we_are);
  command.add_option("--mac", arguments.mac, "How the secret protects")
      ->check(CLI::IsMember({"pbm", "pbmac1"}))
      ->capture_default_str()
      ->group(who_we_are);
}

void add_enroll_options(CLI::App& command, EnrollArguments& arguments) {
  add_server_options(command, arguments);
  add_identity_options(command, arguments);
  add_trust_options(command, arguments);
  add_request_options(command, arguments);
  add_output_options(command, arguments);
}

}  // namespace cmpkit::tools
