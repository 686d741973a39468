#include "store/commit_queue.h"

#include <algorithm>
#include <utility>

namespace cmpkit::store {

/// With the lock held: a task is gone as soon as its thread has seen that it is done.
void CommitQueue::Task::tell(State state) {
  const std::lock_guard lock(mutex_);
  state_ = state;
  changed_.notify_one();
}

CommitQueue::Task::State CommitQueue::Task::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return state_ != State::queued; });
  return state_;
}

void CommitQueue::run(Task& task) {
  if (!enter(task) && task.wait() == Task::State::done) return;
  const std::vector<Task*> batch = take();
  process_(batch);
  if (Task* next = next_leader()) next->tell(Task::State::leads);  // first: it is the disk that is waited for
  for (Task* each : batch)
    if (each != &task) each->tell(Task::State::done);
}

bool CommitQueue::enter(Task& task) {
  const std::lock_guard lock(mutex_);
  queue_.push_back(&task);
  return !std::exchange(has_leader_, true);
}

std::size_t CommitQueue::waiting() {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

/// The leader's own task is the first one in the queue, so it is among them.
std::vector<CommitQueue::Task*> CommitQueue::take() {
  const std::lock_guard lock(mutex_);
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(most_, queue_.size()));
  std::vector<Task*> batch(queue_.begin(), end);
  queue_.erase(queue_.begin(), end);
  return batch;
}

/// It is in the queue still, so it waits; null: nobody does.
CommitQueue::Task* CommitQueue::next_leader() {
  const std::lock_guard lock(mutex_);
  has_leader_ = !queue_.empty();
  return has_leader_ ? queue_.front() : nullptr;
}

}  // namespace cmpkit::store
