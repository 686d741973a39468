// What all stores in a database have in common.
#pragma once

#include <memory>
#include <string>

#include "cmpkit/cmp/store.h"

namespace cmpkit::store {

/// What to do about a store that is empty, or of an earlier format.
enum class Migration {
  automatic,  // bring it to the present format
  none,       // an error that says so
};

/// From which format to which a store was brought; the same where there was nothing to do. 0: it was empty.
struct Migrated {
  unsigned from = 0, to = 0;
};

}  // namespace cmpkit::store
