// The one connection that writes, and the batches that go over it.
#pragma once

#include <variant>

#include "store/batch/batch.h"
#include "store/commit_queue.h"

namespace cmpkit::store {

/// Safe to use from several threads at once.
class Writer {
 public:
  /// Both outlive it.
  Writer(SqlDatabase& database, const cmp::Crypto& crypto);

  [[nodiscard]] tl::expected<cmp::Commit, cmp::StoreError> commit(const cmp::Change& change);
  [[nodiscard]] tl::expected<std::size_t, cmp::StoreError> forget(std::span<const cmp::Transaction> transactions);
  [[nodiscard]] tl::expected<std::size_t, cmp::StoreError> forget_approvals(cmp::Time before);

 private:
  struct Task;
  using Tasks = std::span<Task* const>;
  using Answer = tl::expected<std::vector<Rows>, SqlError>;

  void process(Tasks tasks);
  void process_in_one(Tasks tasks);
  void process_alone(Task& task);
  /// One transaction of the database: asks, and writes what `decide` makes of the answers.
  [[nodiscard]] tl::expected<void, SqlError> transact(std::span<const Statement> questions,
                                                      const std::function<Writes(std::span<const Rows>)>& decide);
  [[nodiscard]] Answer begin(std::span<const Statement> questions);

  SqlDatabase& database_;
  const cmp::Crypto& crypto_;
  std::unique_ptr<SqlConnection> connection_;  // the leader's; null: to be made
  CommitQueue queue_;
};

}  // namespace cmpkit::store
