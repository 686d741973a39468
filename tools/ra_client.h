// An RA as a client of the CA above it: for what its operator does on behalf of devices.
#pragma once

#include <string>

#include "tools/client_preparation.h"

namespace cmpkit::tools {

/// What protects the RA's messages to its upstream.
enum class RaProtection {
  as_configured,  // as what it sends on
  signature,      // always its key
};

/// What the command line does not say is as for what the RA in this folder sends to its first upstream that it reaches
/// over HTTP. No folder: nothing is added. The error is a sentence.
Step complete_as_ra(const std::string& folder, RaProtection protection, ClientArguments& arguments);

}  // namespace cmpkit::tools
