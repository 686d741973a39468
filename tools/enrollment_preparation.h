// From the command line to what an enrolment needs: files are read, keys made, everything is checked before the first
// message leaves.
#pragma once

#include <memory>
#include <string>

#include <tl/expected.hpp>

#include "cmpkit/cmp/enrollment.h"
#include "tools/enroll_arguments.h"

namespace cmpkit::tools {

/// Options whose anchors are the two beside them.
struct PreparedEnrollment {
  cmp::EnrollmentOptions options;
  std::unique_ptr<cmp::TrustStore> trust, certificate_trust;  // null: no anchors were given
  bool key_generated = false;
};

/// The error says what is wrong, in a sentence that names the option or the file. Makes and stores the new key last,
/// when all else is in order.
tl::expected<PreparedEnrollment, std::string> prepare_enrollment(const EnrollArguments& arguments,
                                                                 const cmp::Crypto& crypto);

}  // namespace cmpkit::tools
