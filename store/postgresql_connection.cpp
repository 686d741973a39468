#include "store/postgresql_connection.h"

#include <fmt/core.h>
#include <poll.h>

#include <cerrno>

#include "store/postgresql_error.h"
#include "store/postgresql_values.h"

namespace cmpkit::store {
namespace {

using std::chrono::milliseconds;

/// How much longer than the server's own limit we wait, so that it is the server who says that it took too long.
constexpr milliseconds grace{2000};
constexpr milliseconds any_time{-1};  // as poll() has it

/// What a session is like: a statement is bounded in time; who dies in the middle of a transaction, or leaves it
/// alone, does not keep the lock; and what is said to be committed is on the disk, whatever the database's default is.
std::string session_settings(milliseconds timeout) {
  return fmt::format(
      "SET statement_timeout = {0}; SET idle_in_transaction_session_timeout = {0}; SET tcp_user_timeout = {0};"
      "SET client_min_messages = error;"
      "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
      timeout.count());
}

}  // namespace

tl::expected<std::unique_ptr<SqlConnection>, SqlError> PostgresqlConnection::create(PgConnection connection,
                                                                                    milliseconds timeout) {
  PQsetNoticeReceiver(connection.get(), [](void*, const PGresult*) {}, nullptr);
  PQsetnonblocking(connection.get(), 1);
  std::unique_ptr<PostgresqlConnection> out{new PostgresqlConnection(std::move(connection), timeout)};
  if (const auto done = out->simple_query(session_settings(timeout), timeout + grace); !done) {
    return tl::unexpected(done.error());
  }
  return out;
}

tl::expected<std::vector<Rows>, SqlError> PostgresqlConnection::run(std::span<const Statement> statements) {
  if (is_lost_ || PQenterPipelineMode(connection_.get()) == 0) return give_up(lost(*connection_));
  const auto sent = send(statements);
  if (!sent) return give_up(lost(*connection_));
  auto received = receive(*sent);
  if (!is_lost_ && PQexitPipelineMode(connection_.get()) == 0) return give_up(lost(*connection_));
  return received;
}

tl::expected<void, SqlError> PostgresqlConnection::run_script(const std::string& sql) {
  if (is_lost_) return give_up(lost(*connection_));
  // An index over ten million rows takes its time.
  if (auto unbounded = simple_query("SET statement_timeout = 0", timeout_ + grace); !unbounded) return unbounded;
  const auto done = simple_query(sql, any_time);
  if (is_lost_) return done;
  const auto bounded = simple_query(fmt::format("SET statement_timeout = {}", timeout_.count()), timeout_ + grace);
  return done ? bounded : done;  // in a transaction that has failed nothing can be set, and ROLLBACK undoes the first
}

auto PostgresqlConnection::send(std::span<const Statement> statements) -> std::optional<std::vector<Sent>> {
  PGconn* const connection = connection_.get();
  std::vector<Sent> out;
  for (const auto& [sql, values] : statements) {
    const Parameters parameters(values);
    const auto [prepared, is_new] = prepared_.try_emplace(sql);
    if (is_new) {
      prepared->second = fmt::format("s{}", names_++);
      if (PQsendPrepare(connection, prepared->second.c_str(), sql, parameters.count(), parameters.types()) == 0) {
        return std::nullopt;
      }
      out.push_back({sql, true});
    }
    if (PQsendQueryPrepared(connection, prepared->second.c_str(), parameters.count(), parameters.values(),
                            parameters.lengths(), parameters.formats(), /*resultFormat: binary*/ 1) == 0) {
      return std::nullopt;
    }
    out.push_back({sql, false});
  }
  if (PQpipelineSync(connection) == 0) return std::nullopt;
  return out;
}

tl::expected<std::vector<Rows>, SqlError> PostgresqlConnection::receive(const std::vector<Sent>& sent) {
  std::vector<Rows> out;
  std::optional<SqlError> first_error;
  for (const Sent& one : sent) {
    auto rows = receive_one(one);
    if (is_lost_) return tl::unexpected(first_error.value_or(rows.error()));
    if (!rows) {
      if (one.prepares) prepared_.erase(one.sql);
      if (!first_error) first_error = rows.error();
    } else if (!one.prepares) {
      out.push_back(*std::move(rows));
    }
  }
  if (const auto end = next_result(timeout_ + grace); !end) return tl::unexpected(first_error.value_or(end.error()));
  if (first_error) return tl::unexpected(*first_error);
  return out;
}

tl::expected<Rows, SqlError> PostgresqlConnection::receive_one(const Sent& sent) {
  const auto result = next_result(timeout_ + grace);
  if (!result) return tl::unexpected(result.error());
  if (*result == nullptr) return give_up(lost(*connection_));
  const std::optional<SqlError> error = error_of(sent.sql, **result);
  if (const auto end = next_result(timeout_ + grace); !end) return tl::unexpected(error.value_or(end.error()));
  if (error) return tl::unexpected(*error);
  return rows_of(**result);
}

std::optional<SqlError> PostgresqlConnection::error_of(const char* sql, PGresult& result) const {
  const ExecStatusType status = PQresultStatus(&result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return statement_error(*connection_, result);
  // COMMIT of a transaction that has failed "succeeds" by rolling back, and says so in its tag only.
  if (std::string_view(sql) == "COMMIT" && std::string_view(PQcmdStatus(&result)) == "ROLLBACK") {
    return SqlError{"nothing was committed: the transaction had failed before", false};
  }
  return std::nullopt;
}

tl::expected<void, SqlError> PostgresqlConnection::simple_query(const std::string& sql, milliseconds silence) {
  if (PQsendQuery(connection_.get(), sql.c_str()) == 0) return give_up(lost(*connection_));
  tl::expected<void, SqlError> out;
  for (;;) {
    const auto result = next_result(silence);
    if (!result) return tl::unexpected(result.error());
    if (*result == nullptr) return out;
    if (PQresultStatus(result->get()) == PGRES_FATAL_ERROR && out) {
      out = tl::unexpected(statement_error(*connection_, **result));
    }
  }
}

tl::expected<PgResult, SqlError> PostgresqlConnection::next_result(milliseconds silence) {
  PGconn* const connection = connection_.get();
  for (;;) {
    const int unsent = PQflush(connection);
    if (unsent < 0 || PQstatus(connection) == CONNECTION_BAD) return give_up(lost(*connection));
    if (PQisBusy(connection) == 0) return PgResult{PQgetResult(connection)};
    pollfd waiting{PQsocket(connection), static_cast<short>(unsent != 0 ? POLLIN | POLLOUT : POLLIN), 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(silence.count()));
    if (ready == 0) return give_up(no_answer(*connection));
    if (ready < 0 && errno != EINTR) return give_up({"poll() failed on a connection to PostgreSQL", true});
    if (PQconsumeInput(connection) == 0) return give_up(lost(*connection));
  }
}

tl::unexpected<SqlError> PostgresqlConnection::give_up(SqlError error) {
  is_lost_ = true;
  return tl::unexpected(std::move(error));
}

}  // namespace cmpkit::store
