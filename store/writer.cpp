#include "store/writer.h"

namespace cmpkit::store {
namespace {

/// What is committed in one go: more does not save time.
constexpr std::size_t most_tasks = 256;

}  // namespace

struct Writer::Task final : CommitQueue::Task {
  std::variant<const cmp::Change*, const cmp::Transaction*> what;  // a change, or what is to be forgotten
  Batch::Result result = cmp::Commit::conflict;

  explicit Task(const cmp::Change& change) : what(&change) {}
  explicit Task(const cmp::Transaction& forgotten) : what(&forgotten) {}

  void add_to(Batch& batch) const {
    if (const auto* change = std::get_if<const cmp::Change*>(&what))
      batch.add(**change);
    else
      batch.add_forgotten(*std::get<const cmp::Transaction*>(what));
  }
  void apply_to(Batch& batch) {
    if (const auto* change = std::get_if<const cmp::Change*>(&what))
      result = batch.apply(**change);
    else
      result = batch.forget(*std::get<const cmp::Transaction*>(what));
  }
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
  Task task(change);
  queue_.run(task);
  return std::move(task.result);
}

Batch::Result Writer::forget(const cmp::Transaction& transaction) {
  Task task(transaction);
  queue_.run(task);
  return std::move(task.result);
}

/// After an error the connection is of no use: it may be in the middle of a transaction, which ends with it.
void Writer::process(Tasks tasks) {
  const auto done = process_in_one(tasks);
  if (done) return;
  connection_.reset();
  for (Task* task : tasks) task->result = tl::unexpected(cmp::StoreError{done.error().text});
}

tl::expected<void, SqlError> Writer::process_in_one(Tasks tasks) {
  Batch batch(crypto_);
  for (const Task* task : tasks) task->add_to(batch);
  const auto answers = begin(batch.questions());
  if (!answers) return tl::unexpected(answers.error());
  batch.answer(std::span(*answers).subspan(database_.begin_exclusive().size()));
  for (Task* task : tasks) task->apply_to(batch);
  Writes writes = batch.writes();
  writes.push_back({writes.empty() ? "ROLLBACK" : "COMMIT", {}});
  return connection_->run(writes).map([](const auto&) {});
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
