// Enrolment as a task (RFC 9483 Section 4.1): ir, cr, kur, p10cr.
#pragma once

#include "cmp/end_entity/task.h"
#include "cmpkit/cmp/enrollment.h"

namespace cmpkit::cmp {

/// A reason in words where the options cannot work together.
tl::expected<std::unique_ptr<Task>, std::string> enrollment_task(EnrollmentOptions options, const Crypto& crypto);

}  // namespace cmpkit::cmp
