// cmp::Store in SQL, for every database that has a driver.
#pragma once

#include "cmpkit/store/sql_options.h"
#include "store/sql_connection.h"

namespace cmpkit::store {

/// Sees to the tables as `migration` permits. `readers`: connections that read at once, at most; one more writes.
/// `crypto` outlives the store.
tl::expected<std::unique_ptr<cmp::Store>, cmp::StoreError> open_sql_store(std::unique_ptr<SqlDatabase> database,
                                                                          const cmp::Crypto& crypto,
                                                                          Migration migration, std::size_t readers);

}  // namespace cmpkit::store
