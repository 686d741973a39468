// What libpq and the server report, in words with a next step. No text holds a password.
#pragma once

#include <libpq-fe.h>

#include "store/sql_connection.h"

namespace cmpkit::store {

/// Why there is no connection.
std::string connection_error(const PGconn& connection);

/// Why a statement failed.
SqlError statement_error(const PGconn& connection, const PGresult& result);

/// The connection broke.
SqlError lost(const PGconn& connection);

/// The server said nothing for too long: the connection is given up.
SqlError no_answer(const PGconn& connection);

}  // namespace cmpkit::store
