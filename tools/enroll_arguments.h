// What `cmpkit enroll` and `cmpkit update` are told on the command line, as it was written.
#pragma once

#include "tools/client_arguments.h"

namespace cmpkit::tools {

struct EnrollArguments : ClientArguments {
  // What we ask for
  std::string command = "ir";
  std::string subject, alternative_names, request_file;
  std::string new_key_type, new_key, new_key_passphrase;
  bool central_key = false;  // the CA makes the key
  bool implicit_confirm = false;
  bool exact = false;                      // nothing that differs from what was asked
  std::vector<std::string> trusted_above;  // roots of the new certificate

  // Where the results go
  std::string certificate_out, chain_out, ca_certificates_out;
  std::string new_key_out;  // of a key that the CA makes
};

/// Adds the options of both commands but those of shared secrets. `arguments` must outlive the parsing.
void add_enroll_options(CLI::App& command, EnrollArguments& arguments);

}  // namespace cmpkit::tools
