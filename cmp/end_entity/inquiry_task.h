// A general message as a task (RFC 9483 Section 4.3): genm.
#pragma once

#include "cmp/end_entity/task.h"
#include "cmpkit/cmp/inquiry.h"

namespace cmpkit::cmp {

/// A reason in words where the options cannot work together.
tl::expected<std::unique_ptr<Task>, std::string> inquiry_task(InquiryOptions options);

}  // namespace cmpkit::cmp
