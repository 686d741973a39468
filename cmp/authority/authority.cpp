#include "cmpkit/cmp/authority.h"

namespace cmpkit::cmp {

RevocationDecision Authority::revoke(const RevocationRequest&, Time) { return Revoked{}; }

}  // namespace cmpkit::cmp
