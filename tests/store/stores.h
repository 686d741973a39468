// The stores that the common suite runs on: each a type with `static std::unique_ptr<cmp::Store> make()`, an empty one.
#pragma once

#include <memory>
#include <tuple>

#include "cmpkit/cmp/store.h"

namespace cmpkit::test {

struct MemoryStore {
  static std::unique_ptr<cmp::Store> make() { return cmp::memory_store(); }
};

using AllStores = std::tuple<MemoryStore>;

}  // namespace cmpkit::test
