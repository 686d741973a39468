#include "store/connection_pool.h"

namespace cmpkit::store {

tl::expected<std::vector<Rows>, SqlError> ConnectionPool::run(std::span<const Statement> statements) {
  Connection connection = take();
  for (;;) {
    const bool was_kept = connection != nullptr;
    if (!was_kept) {
      auto made = database_.connect();
      if (!made) {
        give_back(nullptr);
        return tl::unexpected(std::move(made.error()));
      }
      connection = std::move(*made);
    }
    auto rows = connection->run(statements);
    if (!rows) connection.reset();
    if (!rows && rows.error().is_lost && was_kept) continue;
    give_back(std::move(connection));
    return rows;
  }
}

/// Null: one may be made.
ConnectionPool::Connection ConnectionPool::take() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return free_ > 0; });
  --free_;
  if (waiting_.empty()) return nullptr;
  Connection connection = std::move(waiting_.back());
  waiting_.pop_back();
  return connection;
}

void ConnectionPool::give_back(Connection connection) {
  const std::lock_guard lock(mutex_);
  ++free_;
  if (connection) waiting_.push_back(std::move(connection));
  changed_.notify_one();
}

}  // namespace cmpkit::store
