// The store in one file: SQLite in WAL mode, synchronous=FULL. Several processes may use the file at once (a server,
// and commands beside it). Target: cmpkit::store_sqlite.
#pragma once

#include "cmpkit/store/sql_options.h"

namespace cmpkit::store {

/// Opens the file, and makes it (readable by its owner only) where Migration::automatic permits. `crypto` hashes the
/// audit log and has to outlive the store. Errors: the file cannot be opened, is no store, or is of another format.
tl::expected<std::unique_ptr<cmp::Store>, cmp::StoreError> open_sqlite(const std::string& file,
                                                                       const cmp::Crypto& crypto,
                                                                       Migration migration = Migration::automatic);

/// Brings a file to the present format, or makes it.
tl::expected<Migrated, cmp::StoreError> migrate_sqlite(const std::string& file);

}  // namespace cmpkit::store
