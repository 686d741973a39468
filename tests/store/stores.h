// The stores that the common suite runs on: each a type with `static std::shared_ptr<cmp::Store> make()`, an empty one.
#pragma once

#include <memory>
#include <tuple>

#include "cmpkit/cmp/botan.h"
#include "cmpkit/store/sqlite.h"
#include "tests/support/scratch_directory.h"

namespace cmpkit::test {

struct MemoryStore {
  static std::shared_ptr<cmp::Store> make() { return cmp::memory_store(); }
};

struct SqliteStore {
  static std::shared_ptr<cmp::Store> make() {
    struct InFolder {
      ScratchDirectory folder;
      std::unique_ptr<cmp::Store> store = store::open_sqlite(folder / "store.db", cmp::botan_crypto()).value();
    };
    const auto both = std::make_shared<InFolder>();
    return {both, both->store.get()};
  }
};

using AllStores = std::tuple<MemoryStore, SqliteStore>;

}  // namespace cmpkit::test
