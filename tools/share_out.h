// Work that a few threads share.
#pragma once

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace cmpkit::tools {

/// Each thread calls `begin`, and what that gives once with each of its indices. Returns when all `count` are done.
template <class Begin>
void share_out(std::size_t count, std::size_t most_threads, const Begin& begin) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    auto one = begin();
    for (std::size_t index = next++; index < count; index = next++) one(index);
  };
  if (count == 1) return work();
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < std::min(count, most_threads); ++i) threads.emplace_back(work);
}

}  // namespace cmpkit::tools
