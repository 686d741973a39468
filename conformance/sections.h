// The rules by the sections under which reports list them.
#pragma once

#include "cmpkit/cmp/rule.h"

namespace cmpkit::conformance {

struct Section {
  int number;  // 2: header, ...
  std::string_view title;
};

/// All of them, in order.
std::span<const Section> sections();

/// The section of a rule, by the letters of its id.
const Section& section_of(const cmp::Rule& rule);

/// `MUST`
std::string_view name_of(cmp::Level level);
/// `EE`
std::string_view name_of(cmp::Who who);

}  // namespace cmpkit::conformance
