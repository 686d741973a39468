// A connection to PostgreSQL in pipeline mode: what one run() asks for goes out in one go, prepared at first use, and
// comes back in binary format. Every wait is bounded.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <optional>
#include <unordered_map>

#include "store/sql_connection.h"

namespace cmpkit::store {

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
  void operator()(PGresult* result) const { PQclear(result); }
};
using PgConnection = std::unique_ptr<PGconn, Finish>;
using PgResult = std::unique_ptr<PGresult, Finish>;

class PostgresqlConnection final : public SqlConnection {
 public:
  /// Takes over a connection that is established. A statement may take as long as `timeout`.
  static tl::expected<std::unique_ptr<SqlConnection>, SqlError> create(PgConnection connection,
                                                                       std::chrono::milliseconds timeout);

  /// What comes before a BEGIN in the same run belongs to its transaction as well.
  [[nodiscard]] tl::expected<std::vector<Rows>, SqlError> run(std::span<const Statement> statements) override;
  [[nodiscard]] tl::expected<void, SqlError> run_script(const std::string& sql) override;

 private:
  PostgresqlConnection(PgConnection connection, std::chrono::milliseconds timeout)
      : connection_(std::move(connection)), timeout_(timeout) {}

  /// What the server will answer, one after the other: that a statement is prepared, or what it gave.
  struct Sent {
    const char* sql;
    bool prepares;
  };
  std::optional<std::vector<Sent>> send(std::span<const Statement> statements);
  tl::expected<std::vector<Rows>, SqlError> receive(const std::vector<Sent>& sent);
  tl::expected<Rows, SqlError> receive_one(const Sent& sent);
  [[nodiscard]] std::optional<SqlError> error_of(const char* sql, PGresult& result) const;

  /// Any number of statements without parameters, outside of the pipeline.
  tl::expected<void, SqlError> simple_query(const std::string& sql, std::chrono::milliseconds silence);

  /// The next result; null ends those of one statement. An error is the end of the connection.
  tl::expected<PgResult, SqlError> next_result(std::chrono::milliseconds silence);
  tl::unexpected<SqlError> give_up(SqlError error);

  PgConnection connection_;
  std::chrono::milliseconds timeout_;
  std::unordered_map<const char*, std::string> prepared_;  // literal -> name at the server
  unsigned names_ = 0;                                     // that were given
  bool is_lost_ = false;
};

}  // namespace cmpkit::store
