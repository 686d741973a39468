// The connections that read, each used by one thread at a time.
#pragma once

#include <condition_variable>
#include <mutex>

#include "store/sql_connection.h"

namespace cmpkit::store {

/// Safe to use from several threads at once. Connections are made when they are needed first.
class ConnectionPool {
 public:
  /// `most`: connections at once. The database outlives the pool.
  ConnectionPool(SqlDatabase& database, std::size_t most) : database_(database), free_(most) {}

  /// Carries out statements that only read, when a connection is free. Where a connection that was kept turns out to be
  /// lost, it tries once more with a new one.
  [[nodiscard]] tl::expected<std::vector<Rows>, SqlError> run(std::span<const Statement> statements);

 private:
  using Connection = std::unique_ptr<SqlConnection>;
  Connection take();
  void give_back(Connection connection);

  SqlDatabase& database_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t free_;                 // how many may be used further
  std::vector<Connection> waiting_;  // connected, and not used
};

}  // namespace cmpkit::store
