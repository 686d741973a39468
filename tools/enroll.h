// What `cmpkit enroll` and `cmpkit update` do.
#pragma once

#include "tools/enroll_arguments.h"

namespace cmpkit::tools {

/// Carries out one enrolment, prints its result and returns an ExitCode.
int enroll(const EnrollArguments& arguments);

}  // namespace cmpkit::tools
