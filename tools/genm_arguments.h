// What `cmpkit genm` is told on the command line, as it was written.
#pragma once

#include "tools/client_arguments.h"

namespace cmpkit::tools {

struct GenmArguments : ClientArguments {
  // What we ask for
  std::string type, value_file;
  std::string old_root;                  // rootCaCert
  std::string crl_certificate, old_crl;  // crlStatusList
  std::string algorithm;                 // keyPairParamReq
  std::vector<std::string> languages;    // suppLangTags

  // Where the answer goes
  std::string ca_certificates_out;
  std::string new_with_new, new_with_old, old_with_new;
  std::string crl_out;
  std::string template_out, key_spec_out;
  std::string value_out;

  [[nodiscard]] std::vector<std::string> outputs() const {
    return {ca_certificates_out, new_with_new, new_with_old, old_with_new, crl_out,
            template_out,        key_spec_out, value_out};
  }
};

/// Adds the options of the command. `arguments` must outlive the parsing.
void add_genm_options(CLI::App& command, GenmArguments& arguments);

}  // namespace cmpkit::tools
