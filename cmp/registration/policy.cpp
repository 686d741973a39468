#include "cmpkit/cmp/policy.h"

namespace cmpkit::cmp {

std::vector<StoredDevice> Policy::learn(const PolicyOutcome&, Time) { return {}; }

}  // namespace cmpkit::cmp
