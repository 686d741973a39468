#include "tools/genm_arguments.h"

#include <CLI/CLI.hpp>

namespace cmpkit::tools {
namespace {

void add_question_options(CLI::App& command, GenmArguments& arguments) {
  constexpr auto group = asked_group;
  command
      .add_option("--infotype", arguments.type,
                  "caCerts, rootCaCert, certReqTemplate, crlStatusList, currentCRL, signKeyPairTypes, encKeyPairTypes, "
                  "preferredSymmAlg, caProtEncCert, keyPairParamReq, suppLangTags, or any OID")
      ->required()
      ->group(group);
  command.add_option("--oldwithold", arguments.old_root, "rootCaCert: the root that we have")->group(group);
  command
      .add_option("--crlcert", arguments.crl_certificate,
                  "crlStatusList: a certificate; the CRL that tells about it is wanted")
      ->group(group);
  command.add_option("--oldcrl", arguments.old_crl, "crlStatusList: the CRL that we have; a newer one is wanted")
      ->group(group);
  command.add_option("--algorithm", arguments.algorithm, "keyPairParamReq: name or OID of the key's algorithm")
      ->group(group);
  command.add_option("--languages", arguments.languages, "suppLangTags: en,de-AT, the preferred one first")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->group(group);
  command.add_option("--infovalue", arguments.value_file, "Any other type: file with the DER of its value")
      ->group(group);
}

void add_output_options(CLI::App& command, GenmArguments& arguments) {
  constexpr auto group = result_group;
  command.add_option("--cacertsout", arguments.ca_certificates_out, "caCerts, caProtEncCert: the certificates")
      ->group(group);
  command.add_option("--newwithnew", arguments.new_with_new, "rootCaCert: the new root")->group(group);
  command.add_option("--newwithold", arguments.new_with_old, "... certified by the old one")->group(group);
  command.add_option("--oldwithnew", arguments.old_with_new, "... and the old one certified by the new one")
      ->group(group);
  command.add_option("--crlout", arguments.crl_out, "crlStatusList, currentCRL: the CRL (PEM)")->group(group);
  command.add_option("--template", arguments.template_out, "certReqTemplate: the CertTemplate (DER)")->group(group);
  command.add_option("--keyspec", arguments.key_spec_out, "... and the wishes for keys (DER)")->group(group);
  command.add_option("--valueout", arguments.value_out, "Any type: the value (DER)")->group(group);
}

}  // namespace

void add_genm_options(CLI::App& command, GenmArguments& arguments) {
  add_question_options(command, arguments);
  add_output_options(command, arguments);
  add_secret_options(command, arguments);
  add_client_options(command, arguments);
}

}  // namespace cmpkit::tools
