// The driver for SQLite.
#pragma once

#include <string>

#include "store/sql_connection.h"

namespace cmpkit::store {

enum class SqliteUse { opens, makes };  // `makes` the file where there is none

/// Opens a connection to the file.
tl::expected<std::unique_ptr<SqlConnection>, SqlError> connect_sqlite(const std::string& file, SqliteUse use);

}  // namespace cmpkit::store
