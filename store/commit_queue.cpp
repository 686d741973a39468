#include "store/commit_queue.h"

#include <algorithm>

namespace cmpkit::store {

void CommitQueue::run(Task& task) {
  std::unique_lock lock(mutex_);
  queue_.push_back(&task);
  if (has_leader_) task.changed_.wait(lock, [&] { return task.state_ != Task::State::queued; });
  if (task.state_ == Task::State::done) return;
  has_leader_ = true;
  const std::vector<Task*> batch = take();
  lock.unlock();
  process_(batch);
  lock.lock();
  finish(batch);
}

std::size_t CommitQueue::waiting() {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

/// The leader's own task is the first one in the queue, so it is among them.
std::vector<CommitQueue::Task*> CommitQueue::take() {
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(most_, queue_.size()));
  std::vector<Task*> batch(queue_.begin(), end);
  queue_.erase(queue_.begin(), end);
  return batch;
}

/// Notifies with the lock held: a task is gone as soon as its thread has seen that it is done.
void CommitQueue::finish(std::span<Task* const> batch) {
  for (Task* task : batch) {
    task->state_ = Task::State::done;
    task->changed_.notify_one();
  }
  has_leader_ = !queue_.empty();
  if (!has_leader_) return;
  queue_.front()->state_ = Task::State::leads;
  queue_.front()->changed_.notify_one();
}

}  // namespace cmpkit::store
