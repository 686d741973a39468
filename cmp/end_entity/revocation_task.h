// Revocation as a task (RFC 9483 Section 4.2): rr.
#pragma once

#include "cmp/end_entity/task.h"
#include "cmpkit/cmp/revocation.h"

namespace cmpkit::cmp {

/// A reason in words where the options cannot work together.
tl::expected<std::unique_ptr<Task>, std::string> revocation_task(RevocationOptions options);

}  // namespace cmpkit::cmp
