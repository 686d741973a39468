// Somebody of a PKI that nobody knows.
#pragma once

#include "cmpkit/cmp/credential.h"
#include "cmpkit/cmp/environment.h"

namespace cmpkit::conformance {

/// Key and certificate under a root that nobody knows; the root comes along, and must not help (P-08).
cmp::SignatureCredential make_stranger(const cmp::Environment& environment);

}  // namespace cmpkit::conformance
