#include "store/commit_queue.h"

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <latch>
#include <semaphore>
#include <thread>

namespace cmpkit::store {
namespace {

struct Number final : CommitQueue::Task {
  explicit Number(int given) : value(given) {}
  int value;
  int result = 0;
  std::thread::id by;
};

Number& number(CommitQueue::Task* task) { return static_cast<Number&>(*task); }

TEST_CASE("a task is processed before run() returns") {
  CommitQueue queue([](auto tasks) { number(tasks[0]).result = 2 * number(tasks[0]).value; }, 10);
  Number task(21);
  queue.run(task);
  CHECK(task.result == 42);
}

TEST_CASE("what comes while a batch is processed becomes the next batch, led by the first of those who wait") {
  constexpr int followers = 5;
  std::vector<std::size_t> sizes;
  std::counting_semaphore<> may_end(0);
  std::latch has_begun(1);
  CommitQueue queue(
      [&](std::span<CommitQueue::Task* const> tasks) {
        sizes.push_back(tasks.size());
        for (CommitQueue::Task* task : tasks) number(task).by = std::this_thread::get_id();
        if (sizes.size() > 1) return;
        has_begun.count_down();
        may_end.acquire();
      },
      100);

  Number first(0);
  std::jthread leader([&] { queue.run(first); });
  has_begun.wait();
  std::vector<std::unique_ptr<Number>> tasks;
  std::vector<std::thread> threads;
  for (int i = 0; i < followers; ++i) {
    tasks.push_back(std::make_unique<Number>(i));
    threads.emplace_back([&queue, task = tasks.back().get()] { queue.run(*task); });
    while (queue.waiting() < static_cast<std::size_t>(i) + 1) std::this_thread::yield();
  }
  const std::thread::id next_leader = threads.front().get_id();
  may_end.release();
  for (std::thread& thread : threads) thread.join();
  CHECK(sizes == std::vector<std::size_t>{1, followers});
  for (const auto& task : tasks) CHECK(task->by == next_leader);
}

TEST_CASE("a batch has no more tasks than it may, and none is lost or done twice") {
  constexpr int threads = 16, rounds = 200;
  std::size_t largest = 0;
  std::atomic<int> leaders = 0;
  bool was_alone = true;
  CommitQueue queue(
      [&](std::span<CommitQueue::Task* const> tasks) {
        was_alone = was_alone && ++leaders == 1;
        largest = std::max(largest, tasks.size());
        for (CommitQueue::Task* task : tasks) ++number(task).result;
        --leaders;
      },
      4);
  std::atomic<int> done_once = 0;
  std::vector<std::jthread> callers;
  for (int caller = 0; caller < threads; ++caller)
    callers.emplace_back([&] {
      for (int i = 0; i < rounds; ++i) {
        Number task(i);
        queue.run(task);
        if (task.result == 1) ++done_once;
      }
    });
  callers.clear();  // joins
  CHECK(done_once == threads * rounds);
  CHECK(was_alone);
  CHECK(largest <= 4);
}

}  // namespace
}  // namespace cmpkit::store
