// Times for people.
#pragma once

#include <string>

#include "cmpkit/cmp/environment.h"

namespace cmpkit::cmp {

/// `2026-01-31 12:00:00 UTC`, of any year.
std::string time_text(Time time);

}  // namespace cmpkit::cmp
