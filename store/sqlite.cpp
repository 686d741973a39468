#include "cmpkit/store/sqlite.h"

#include "store/schema.h"
#include "store/sql_store.h"
#include "store/sqlite_connection.h"

namespace cmpkit::store {
namespace {

/// More would wait for the same disk and the same cores.
constexpr std::size_t readers = 8;

class SqliteDatabase final : public SqlDatabase {
 public:
  SqliteDatabase(std::string file, SqliteUse use) : file_(std::move(file)), use_(use) {}

  tl::expected<std::unique_ptr<SqlConnection>, SqlError> connect() override { return connect_sqlite(file_, use_); }

  [[nodiscard]] std::span<const Statement> begin_exclusive() const override { return {&begin_, 1}; }
  [[nodiscard]] std::string octets_type() const override { return "BLOB"; }
  [[nodiscard]] std::string key_type() const override { return "INTEGER"; }

 private:
  const std::string file_;
  const SqliteUse use_;
  const Statement begin_{"BEGIN IMMEDIATE", {}};
};

}  // namespace

tl::expected<std::unique_ptr<cmp::Store>, cmp::StoreError> open_sqlite(const std::string& file,
                                                                       const cmp::Crypto& crypto, Migration migration) {
  const auto use = migration == Migration::automatic ? SqliteUse::makes : SqliteUse::opens;
  return open_sql_store(std::make_unique<SqliteDatabase>(file, use), crypto, migration, readers);
}

tl::expected<Migrated, cmp::StoreError> migrate_sqlite(const std::string& file) {
  SqliteDatabase database(file, SqliteUse::makes);
  return migrate(database);
}

}  // namespace cmpkit::store
