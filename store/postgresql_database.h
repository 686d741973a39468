// PostgreSQL below the store's SQL, by libpq.
#pragma once

#include "cmpkit/store/postgresql.h"
#include "store/sql_connection.h"

namespace cmpkit::store {

/// The database of a URI; nothing is connected to yet. The error says what is wrong with the URI without quoting it:
/// it may hold a password.
tl::expected<std::unique_ptr<SqlDatabase>, SqlError> postgresql_database(const std::string& uri,
                                                                         const PostgresqlOptions& options = {});

}  // namespace cmpkit::store
