#include "store/writer.h"

namespace cmpkit::store {
namespace {

/// What is committed in one go: more does not save time.
constexpr std::size_t most_tasks = 256;

}  // namespace

struct Writer::Task final : CommitQueue::Task {
  struct Forgotten {
    std::span<const cmp::Transaction> transactions;
    std::size_t count = 0;
  };
  struct ForgottenApprovals {
    cmp::Time before;
    std::size_t count = 0;
  };
  std::variant<const cmp::Change*, Forgotten, ForgottenApprovals> what;
  Batch::Result result = cmp::Commit::done;

  explicit Task(decltype(what) task) : what(task) {}

  [[nodiscard]] bool is_alone() const { return std::holds_alternative<ForgottenApprovals>(what); }
  void add_to(Batch& batch) const {
    if (const auto* change = std::get_if<const cmp::Change*>(&what)) return batch.add(**change);
    for (const auto& transaction : std::get<Forgotten>(what).transactions) batch.add_forgotten(transaction);
  }
  void apply_to(Batch& batch) {
    if (const auto* change = std::get_if<const cmp::Change*>(&what)) {
      result = batch.apply(**change);
      return;
    }
    auto& forgotten = std::get<Forgotten>(what);
    for (const auto& transaction : forgotten.transactions)
      if (batch.forget(transaction) == cmp::Commit::done) ++forgotten.count;
  }
  void fail(const SqlError& error) { result = tl::unexpected(cmp::StoreError{error.text}); }
};

Writer::Writer(SqlDatabase& database, const cmp::Crypto& crypto)
    : database_(database),
      crypto_(crypto),
      queue_(
          [this](std::span<CommitQueue::Task* const> queued) {
            std::vector<Task*> tasks;
            for (CommitQueue::Task* task : queued) tasks.push_back(static_cast<Task*>(task));
            process(tasks);
          },
          most_tasks) {}

Batch::Result Writer::commit(const cmp::Change& change) {
  Task task(&change);
  queue_.run(task);
  return std::move(task.result);
}

tl::expected<std::size_t, cmp::StoreError> Writer::forget(std::span<const cmp::Transaction> transactions) {
  Task task(Task::Forgotten{transactions});
  queue_.run(task);
  if (!task.result) return tl::unexpected(std::move(task.result.error()));
  return std::get<Task::Forgotten>(task.what).count;
}

tl::expected<std::size_t, cmp::StoreError> Writer::forget_approvals(cmp::Time before) {
  Task task(Task::ForgottenApprovals{before});
  queue_.run(task);
  if (!task.result) return tl::unexpected(std::move(task.result.error()));
  return std::get<Task::ForgottenApprovals>(task.what).count;
}

void Writer::process(Tasks tasks) {
  std::vector<Task*> together;
  for (Task* task : tasks) {
    if (task->is_alone())
      process_alone(*task);
    else
      together.push_back(task);
  }
  if (!together.empty()) process_in_one(together);
}

void Writer::process_in_one(Tasks tasks) {
  Batch batch(crypto_);
  for (const Task* task : tasks) task->add_to(batch);
  const auto done = transact(batch.questions(), [&](std::span<const Rows> answers) {
    batch.answer(answers);
    for (Task* task : tasks) task->apply_to(batch);
    return batch.writes();
  });
  if (done) return;
  for (Task* task : tasks) task->fail(done.error());
}

void Writer::process_alone(Task& task) {
  auto& forgotten = std::get<Task::ForgottenApprovals>(task.what);
  const Value before = value_of(forgotten.before);
  const Statement question{"SELECT count(*) FROM approvals WHERE since < $1", {before}};
  const auto done = transact({&question, 1}, [&](std::span<const Rows> answers) {
    forgotten.count = answers[0].empty() ? 0 : number_of(answers[0][0][0]);
    return forgotten.count == 0 ? Writes{} : Writes{{"DELETE FROM approvals WHERE since < $1", {before}}};
  });
  if (!done) task.fail(done.error());
}

/// After an error the connection is of no use: it may be in the middle of a transaction, which ends with it.
tl::expected<void, SqlError> Writer::transact(std::span<const Statement> questions,
                                              const std::function<Writes(std::span<const Rows>)>& decide) {
  auto answers = begin(questions);
  if (answers) {
    Writes writes = decide(std::span(*answers).subspan(database_.begin_exclusive().size()));
    writes.push_back({writes.empty() ? "ROLLBACK" : "COMMIT", {}});
    answers = connection_->run(writes);
  }
  if (answers) return {};
  connection_.reset();
  return tl::unexpected(std::move(answers.error()));
}

/// Begins a transaction and asks. Where a connection that was kept turns out to be lost, it tries once more with a new
/// one: nothing has been changed yet.
Writer::Answer Writer::begin(std::span<const Statement> questions) {
  const auto beginning = database_.begin_exclusive();
  std::vector<Statement> statements(beginning.begin(), beginning.end());
  statements.insert(statements.end(), questions.begin(), questions.end());
  for (;;) {
    const bool was_kept = connection_ != nullptr;
    if (!was_kept) {
      auto made = database_.connect();
      if (!made) return tl::unexpected(std::move(made.error()));
      connection_ = std::move(*made);
    }
    auto answers = connection_->run(statements);
    if (answers || !answers.error().is_lost || !was_kept) return answers;
    connection_.reset();
  }
}

}  // namespace cmpkit::store
