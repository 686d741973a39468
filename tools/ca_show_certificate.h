// `cmpkit ca show DIR SERIAL`: all that a CA knows of one of its certificates.
#pragma once

#include <string>

namespace cmpkit::tools {

struct ShowCertificate {
  std::string folder, serial;
  std::string request_file;  // where the request that led to it is written; empty: nowhere
  bool json = false;
};

/// Returns an ExitCode.
int show_certificate(const ShowCertificate& arguments);

}  // namespace cmpkit::tools
