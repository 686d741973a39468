#include "cmpkit/cmp/rule.h"

namespace cmpkit::cmp {

namespace rules {
#define CMPKIT_RULE(name, id, who, level, reference, text, fail_info) \
  const Rule name{id, Who::who, Level::level, reference, text, fail_info};
#include "cmpkit/cmp/rules.def"
#undef CMPKIT_RULE
}  // namespace rules

std::span<const Rule* const> all_rules() {
  static constexpr const Rule* all[] = {
#define CMPKIT_RULE(name, id, who, level, reference, text, fail_info) &rules::name,
#include "cmpkit/cmp/rules.def"
#undef CMPKIT_RULE
  };
  return all;
}

}  // namespace cmpkit::cmp
