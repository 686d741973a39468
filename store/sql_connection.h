// The seam between the store's SQL, which is the same for all databases, and a driver. SQL is in the common subset of
// SQLite (3.40) and PostgreSQL (15); parameters are $1, $2, ...; {blob} in a schema stands for
// the type of octets, {key} for that of a number that is the primary key.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

#include "cmpkit/octets.h"

namespace cmpkit::store {

/// NULL, BIGINT (INTEGER), octets. Text is kept as octets.
using Value = std::variant<std::monostate, std::int64_t, Octets>;
using Row = std::vector<Value>;
using Rows = std::vector<Row>;

struct Statement {
  const char* sql;  // a literal: its address is the key under which it is kept prepared
  std::vector<Value> parameters;
};

struct SqlError {
  std::string text;  // a sentence for a person, with the next step where one is known
  bool is_lost;      // the connection is of no use any more
};

/// For one thread at a time.
class SqlConnection {
 public:
  virtual ~SqlConnection() = default;

  /// Carries out the statements one after the other, in one round trip where the database is elsewhere; the rows of
  /// each. It stops at the first error: inside a transaction the caller then rolls back.
  [[nodiscard]] virtual tl::expected<std::vector<Rows>, SqlError> run(std::span<const Statement> statements) = 0;

  /// Several statements without parameters, with semicolons between them: schemas and their migrations.
  [[nodiscard]] virtual tl::expected<void, SqlError> run_script(const std::string& sql) = 0;
};

class SqlDatabase {
 public:
  virtual ~SqlDatabase() = default;
  [[nodiscard]] virtual tl::expected<std::unique_ptr<SqlConnection>, SqlError> connect() = 0;

  /// What begins a transaction that writes: when it is done no other one runs until COMMIT, in whatever process. Every
  /// read after it sees all that was committed before.
  [[nodiscard]] virtual std::span<const Statement> begin_exclusive() const = 0;

  /// The type of octets in this database: BLOB, BYTEA.
  [[nodiscard]] virtual std::string octets_type() const = 0;

  /// The type of a number that is the primary key of its table.
  [[nodiscard]] virtual std::string key_type() const { return "BIGINT"; }
};

}  // namespace cmpkit::store
