#include "tools/enroll_arguments.h"

#include <CLI/CLI.hpp>

namespace cmpkit::tools {
namespace {

void add_request_options(CLI::App& command, EnrollArguments& arguments) {
  constexpr auto group = asked_group;
  command
      .add_option("--sans", arguments.alternative_names, "Further names: DNS:a,IP:192.0.2.1,URI:...,email:...,critical")
      ->group(group);
  command
      .add_option("--newkeytype", arguments.new_key_type,
                  "Of a key to make: ec:P-256 (default), rsa:3072, ed25519, ml-dsa-65, ...; with --centralkeygen "
                  "the default is the CA's")
      ->group(group);
  command.add_option("--newkey", arguments.new_key, "The key to certify; made and stored there where there is none")
      ->group(group);
  command.add_option("--newkeypass", arguments.new_key_passphrase, "Passphrase of that key: pass:, file: or env:")
      ->group(group);
  command
      .add_flag("--centralkeygen", arguments.central_key,
                "Have the CA make the key (RFC 9483 Section 4.1.6), instead of --newkey")
      ->group(group);
  command
      .add_flag("--implicit_confirm,--implicit-confirm", arguments.implicit_confirm,
                "Spare the confirmation where the server agrees")
      ->group(group);
  command.add_flag("--exact", arguments.exact, "Reject a certificate that differs from what we asked for")
      ->group(group);
  command
      .add_option("--out_trusted,--out-trusted", arguments.trusted_above,
                  "Files with the roots under which the new certificate must be; default: it is not looked at")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->group(group);
}

void add_output_options(CLI::App& command, EnrollArguments& arguments) {
  constexpr auto group = result_group;
  command.add_option("--certout", arguments.certificate_out, "The certificate")->required()->group(group);
  command
      .add_option("--newkeyout", arguments.new_key_out,
                  "The key that the CA made, for its owner only; encrypted where --newkeypass is given")
      ->group(group);
  command.add_option("--chainout", arguments.chain_out, "Its issuers")->group(group);
  command.add_option("--cacertsout", arguments.ca_certificates_out, "CA certificates that an ip hands out (caPubs)")
      ->group(group);
}

}  // namespace

void add_enroll_options(CLI::App& command, EnrollArguments& arguments) {
  add_client_options(command, arguments);
  add_request_options(command, arguments);
  add_output_options(command, arguments);
}

}  // namespace cmpkit::tools
