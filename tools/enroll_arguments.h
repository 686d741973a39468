// What `cmpkit enroll` and `cmpkit update` are told on the command line, as it was written.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace cmpkit::tools {

struct EnrollArguments {
  // The server
  std::string server, path, recipient;
  unsigned msg_timeout = 60;       // seconds, of one message and its answer
  unsigned total_timeout = 86400;  // seconds, of all polling

  // How we prove who we are: reference and secret, or certificate and key
  std::string reference, secret, mac = "pbm";
  std::string certificate, key, key_passphrase;
  std::vector<std::string> extra_certificates;
  std::string digest;

  // Whom we believe
  std::vector<std::string> trusted;
  std::string server_certificate;
  bool unprotected_errors = false;

  // What we ask for
  std::string command = "ir";
  std::string subject, alternative_names, profile, request_file;
  std::string new_key_type = "ec:P-256", new_key, new_key_passphrase;
  bool implicit_confirm = false;

  // Where the results go
  std::string certificate_out, chain_out, ca_certificates_out;
  std::string requests_out, responses_out;
  bool json = false, verbose = false;
};

/// Adds the options of both commands. `arguments` must outlive the parsing.
void add_enroll_options(CLI::App& command, EnrollArguments& arguments);

/// Adds those with which a shared secret is given.
void add_secret_options(CLI::App& command, EnrollArguments& arguments);

}  // namespace cmpkit::tools
