// The stores that the common suite runs on: each a type with `static std::shared_ptr<cmp::Store> make()`, an empty one.
#pragma once

#include <memory>
#include <tuple>

#include "cmpkit/cmp/botan.h"
#include "cmpkit/store/sqlite.h"
#include "tests/support/scratch_directory.h"
#ifdef CMPKIT_WITH_POSTGRESQL
#include <catch2/catch_test_macros.hpp>

#include "cmpkit/store/postgresql.h"
#include "tests/support/postgresql_cluster.h"
#endif

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

#ifdef CMPKIT_WITH_POSTGRESQL
struct PostgresqlStore {
  static std::shared_ptr<cmp::Store> make() {
    if (PostgresqlCluster::missing()) SKIP(*PostgresqlCluster::missing());
    return store::open_postgresql(PostgresqlCluster::shared().new_database(), cmp::botan_crypto()).value();
  }
};
using AllStores = std::tuple<MemoryStore, SqliteStore, PostgresqlStore>;
#else
using AllStores = std::tuple<MemoryStore, SqliteStore>;
#endif

}  // namespace cmpkit::test
