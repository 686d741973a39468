// What became of many things that one command does.
#pragma once

#include <array>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "tools/progress.h"

namespace cmpkit::tools {

/// Counts them and tells how far it is, on standard error. add() and fail() are safe to use from several threads at
/// once.
class Tally {
 public:
  struct Failure {
    std::string name, reason;
  };

  /// `what`: `requests looked at`.
  Tally(std::string what, std::size_t total) : total_(total), progress_(std::move(what), total) {}

  /// `kind`: the command's own number of it, below most_kinds.
  void add(std::size_t kind);
  void fail(std::string name, std::string reason);

  // When all is done
  [[nodiscard]] std::size_t count(std::size_t kind) const { return counts_.at(kind); }
  [[nodiscard]] std::size_t total() const { return total_; }
  /// By their names.
  [[nodiscard]] const std::vector<Failure>& failures();
  /// The first of them, on standard error.
  void tell_failures();
  /// All of them; each has `name_field` and `reason`.
  nlohmann::ordered_json json_of_failures(const char* name_field);

  static constexpr std::size_t most_kinds = 3;

 private:
  std::mutex mutex_;
  std::size_t total_;
  std::array<std::size_t, most_kinds> counts_{};
  std::vector<Failure> failures_;
  Progress progress_;
};

}  // namespace cmpkit::tools
