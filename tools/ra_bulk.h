// `cmpkit ra bulk`: enrols devices that cannot speak CMP, from a folder of their PKCS #10 requests (RFC 9483 Section
// 5.3.1). May be killed and started again at any time.
#pragma once

#include "tools/client_arguments.h"
#include "tools/command.h"

namespace cmpkit::tools {

struct BulkArguments : ClientArguments {
  std::string folder;             // of an RA: its ra.toml says what is not said here; empty: none
  std::string requests;           // folder of the PKCS #10 requests
  std::string out;                // folder for the certificates; empty: the same
  std::string command = "p10cr";  // ir, cr: possession is verified here, and the server is told raVerified
  bool implicit_confirm = false;
  unsigned parallel = 8;
};

/// Adds the command to `cmpkit ra`.
void add_ra_bulk(CLI::App& ra, Action& action);

/// What it does; returns an ExitCode.
int ra_bulk(BulkArguments arguments);

}  // namespace cmpkit::tools
