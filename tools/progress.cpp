#include "tools/progress.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>

namespace cmpkit::tools {

void Progress::add(std::uint64_t count) {
  done_ += count;
  const auto now = std::chrono::steady_clock::now();
  if (now - said_ < std::chrono::seconds{1}) return;
  said_ = now;
  say();
}

void Progress::say() const { fmt::print(stderr, "{} {} of {}\n", what_, done_, std::max(done_, total_)); }

}  // namespace cmpkit::tools
