// What every command of a client is told on the command line, as it was written.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace cmpkit::tools {

struct ClientArguments {
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
  std::vector<std::string> trusted, untrusted;
  std::string server_certificate;
  bool unprotected_errors = false;
  std::vector<std::string> tolerated;

  // What the request says besides
  std::string profile;
  std::vector<std::string> general_info;

  // Where the server lets us wait, or is not available
  unsigned retries = 3;          // how often a message is sent again
  unsigned retry_wait = 5;       // seconds before the first of them
  std::optional<unsigned> wait;  // seconds that this process waits at most
  bool no_wait = false;
  std::string save_file, resume_file;

  // What is told and kept
  std::string requests_out, responses_out;
  bool json = false, verbose = false;
};

/// Adds all of them but those of shared secrets. `arguments` must outlive the parsing.
void add_client_options(CLI::App& command, ClientArguments& arguments);

/// Adds those with which a shared secret is given.
void add_secret_options(CLI::App& command, ClientArguments& arguments);

/// The headings that a command's own options stand under.
inline constexpr auto asked_group = "What we ask for";
inline constexpr auto result_group = "Where the results go";

}  // namespace cmpkit::tools
