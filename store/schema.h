// The tables, in all formats that there were, and the way from one format to the next.
#pragma once

#include "cmpkit/store/sql_options.h"
#include "store/sql_connection.h"

namespace cmpkit::store {

/// Brings the tables to the present format, or makes them, in one transaction.
tl::expected<Migrated, cmp::StoreError> migrate(SqlDatabase& database);

/// Sees to it that the tables are of the present format: as `migration` permits.
tl::expected<void, cmp::StoreError> prepare(SqlDatabase& database, Migration migration);

}  // namespace cmpkit::store
