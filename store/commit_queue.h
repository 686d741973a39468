// Group commit: what several threads want to commit at the same time is committed in one go, so that they share what
// makes it durable. There is no thread of its own: of those who wait one is the leader and works for all.
//
//   run() ──▶ queued ──(nobody leads, or chosen)──▶ leader: takes what is queued ──▶ process() ──▶ wakes them, chooses
//               └────────(taken by the leader)────▶ done                                           the next leader
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <span>
#include <vector>

namespace cmpkit::store {

/// Safe to use from several threads at once.
class CommitQueue {
 public:
  /// What one caller wants. Derive from it to carry the change and its result.
  class Task {
   public:
    Task() = default;
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;

   protected:
    ~Task() = default;

   private:
    friend class CommitQueue;
    enum class State { queued, leads, done };
    void tell(State state);
    State wait();

    // Of its own: who is woken does not then wait for a lock that the leader still holds.
    std::mutex mutex_;
    std::condition_variable changed_;
    State state_ = State::queued;
  };

  /// Carries out the tasks, in the order in which they came. It is called by one thread at a time, and must not throw.
  using Process = std::function<void(std::span<Task* const>)>;

  /// `most`: tasks in one go.
  CommitQueue(Process process, std::size_t most) : process_(std::move(process)), most_(most) {}

  /// Returns when the task has been processed, by this thread or another one.
  void run(Task& task);

  /// How many tasks wait for a batch.
  [[nodiscard]] std::size_t waiting();

 private:
  /// Whether the task is the leader at once.
  bool enter(Task& task);
  std::vector<Task*> take();
  Task* next_leader();

  const Process process_;
  const std::size_t most_;
  std::mutex mutex_;
  std::deque<Task*> queue_;
  bool has_leader_ = false;
};

}  // namespace cmpkit::store
