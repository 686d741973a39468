// How far a long piece of work is, on standard error: a line now and then, and one at its end.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace cmpkit::tools {

class Progress {
 public:
  /// `what`: `exported`; `total`: as far as known.
  Progress(std::string what, std::uint64_t total) : what_(std::move(what)), total_(total) {}

  /// So much more is done. Says it where nothing was said for a second.
  void add(std::uint64_t count);
  void finish() const { say(); }

 private:
  void say() const;

  std::string what_;
  std::uint64_t done_ = 0, total_;
  std::chrono::steady_clock::time_point said_ = std::chrono::steady_clock::now();
};

}  // namespace cmpkit::tools
