// The store for several replicas behind a load balancer: PostgreSQL (14 or later) by libpq. All replicas of a CA use
// one database, in which the user may make tables. Target: cmpkit::store_postgresql.
#pragma once

#include <chrono>

#include "cmpkit/store/sql_options.h"

namespace cmpkit::store {

struct PostgresqlOptions {
  std::size_t connections = 16;             // that read, at most; one more writes
  std::chrono::seconds connect_timeout{5};  // also how long a statement may take
};

/// Opens the database of a URI (postgresql://user@host:port/database, see libpq's documentation) and makes its tables
/// where Migration::automatic permits. Connections that are lost are made anew; until that succeeds every call fails.
/// `crypto` hashes the audit log and has to outlive the store. Errors: there is no connection, or another format. No
/// error quotes a password.
///
/// Over a network the URI should end in ?sslmode=verify-full. Of several hosts in it (HOST1,HOST2) the one that can be
/// written to is taken. A pooler in between (PgBouncer) has to keep whole sessions.
tl::expected<std::unique_ptr<cmp::Store>, cmp::StoreError> open_postgresql(const std::string& uri,
                                                                           const cmp::Crypto& crypto,
                                                                           Migration migration = Migration::automatic,
                                                                           const PostgresqlOptions& options = {});

/// Brings the tables to the present format, or makes them.
tl::expected<Migrated, cmp::StoreError> migrate_postgresql(const std::string& uri);

}  // namespace cmpkit::store
