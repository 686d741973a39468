// [[profile]] of ca.toml.
#pragma once

#include "cmpkit/cmp/certificate_profile.h"
#include "tools/settings.h"

namespace cmpkit::tools {

/// Reads one: what it does not name is as in the profile of its `kind`.
cmp::CertificateProfile read_profile(Settings& table);

}  // namespace cmpkit::tools
