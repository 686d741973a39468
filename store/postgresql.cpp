#include "cmpkit/store/postgresql.h"

#include "store/postgresql_database.h"
#include "store/schema.h"
#include "store/sql_store.h"

namespace cmpkit::store {

tl::expected<std::unique_ptr<cmp::Store>, cmp::StoreError> open_postgresql(const std::string& uri,
                                                                           const cmp::Crypto& crypto,
                                                                           Migration migration,
                                                                           const PostgresqlOptions& options) {
  auto database = postgresql_database(uri, options);
  if (!database) return tl::unexpected(cmp::StoreError{database.error().text});
  return open_sql_store(*std::move(database), crypto, migration, options.connections);
}

tl::expected<Migrated, cmp::StoreError> migrate_postgresql(const std::string& uri) {
  const auto database = postgresql_database(uri);
  if (!database) return tl::unexpected(cmp::StoreError{database.error().text});
  return migrate(**database);
}

}  // namespace cmpkit::store
