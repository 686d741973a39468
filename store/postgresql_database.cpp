#include "store/postgresql_database.h"

#include <fmt/core.h>
#include <libpq-fe.h>

#include <algorithm>
#include <array>

#include "store/postgresql_connection.h"
#include "store/postgresql_error.h"

namespace cmpkit::store {
namespace {

/// Under which the one writer of a database is known to all who use cmpkit's tables in it: "cmpkit".
constexpr std::int64_t writer_lock = 0x636D706B6974;

/// READ COMMITTED, whatever the database's default: what is read after the lock sees what its last owner committed.
const std::array<Statement, 2> begin_writing{
    Statement{"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", {}},
    Statement{"SELECT pg_advisory_xact_lock($1)", {Value{writer_lock}}},
};

constexpr const char* form = "the URI of the database has to be of the form postgresql://USER@HOST:PORT/DATABASE";
constexpr const char* escapes =
    "; in a name or a password @ is written %40, : %3A, / %2F, ? %3F, # %23 and % itself %25";

/// What is wrong with the URI. libpq's own words quote it, so they are not used.
tl::expected<void, SqlError> check(const std::string& uri) {
  if (!uri.starts_with("postgresql://") && !uri.starts_with("postgres://")) {
    return tl::unexpected(SqlError{form, false});
  }
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options{PQconninfoParse(uri.c_str(), &message),
                                                                             &PQconninfoFree};
  PQfreemem(message);
  if (options == nullptr) return tl::unexpected(SqlError{std::string(form) + "?OPTION=VALUE" + escapes, false});
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    const std::string_view name = option->keyword, value = option->val != nullptr ? option->val : "";
    // A password with an unescaped / or @ in it ends up in these.
    if (name == "port" && value.find_first_not_of("0123456789,") != value.npos) {
      return tl::unexpected(SqlError{std::string("the port in the database's URI is no number") + escapes, false});
    }
    if ((name == "dbname" || name == "host") && value.find('@') != value.npos) {
      return tl::unexpected(SqlError{std::string("there is an @ too many in the database's URI") + escapes, false});
    }
  }
  return {};
}

class PostgresqlDatabase final : public SqlDatabase {
 public:
  PostgresqlDatabase(std::string uri, const PostgresqlOptions& options)
      : uri_(std::move(uri)), timeout_(options.connect_timeout) {}

  [[nodiscard]] tl::expected<std::unique_ptr<SqlConnection>, SqlError> connect() override {
    const std::string seconds = std::to_string(timeout_.count());
    // What the URI says comes last, so it prevails. A dead server is noticed although nothing is being said; of several
    // hosts, the one is taken that can be written to.
    const std::array<const char*, 9> names{"application_name",
                                           "connect_timeout",
                                           "target_session_attrs",
                                           "keepalives_idle",
                                           "keepalives_interval",
                                           "keepalives_count",
                                           "tcp_user_timeout",
                                           "dbname",
                                           nullptr};
    const std::string milliseconds = seconds + "000";
    const std::array<const char*, 9> values{"cmpkit", seconds.c_str(),      "read-write", seconds.c_str(), "1",
                                            "3",      milliseconds.c_str(), uri_.c_str(), nullptr};
    PgConnection connection{PQconnectdbParams(names.data(), values.data(), /*expand_dbname=*/1)};
    if (connection == nullptr) return tl::unexpected(SqlError{"no memory for a connection to PostgreSQL", true});
    if (PQstatus(connection.get()) != CONNECTION_OK) {
      return tl::unexpected(SqlError{connection_error(*connection), true});
    }
    return PostgresqlConnection::create(std::move(connection), timeout_);
  }

  [[nodiscard]] std::span<const Statement> begin_exclusive() const override { return begin_writing; }
  [[nodiscard]] std::string octets_type() const override { return "BYTEA"; }

 private:
  std::string uri_;
  std::chrono::seconds timeout_;
};

}  // namespace

tl::expected<std::unique_ptr<SqlDatabase>, SqlError> postgresql_database(const std::string& uri,
                                                                         const PostgresqlOptions& options) {
  if (const auto checked = check(uri); !checked) return tl::unexpected(checked.error());
  return std::make_unique<PostgresqlDatabase>(uri, options);
}

}  // namespace cmpkit::store
