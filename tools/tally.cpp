#include "tools/tally.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tools/printing.h"

namespace cmpkit::tools {

void Tally::add(std::size_t kind) {
  const std::lock_guard guard(mutex_);
  ++counts_.at(kind);
  progress_.add(1);
}

void Tally::fail(std::string name, std::string reason) {
  const std::lock_guard guard(mutex_);
  failures_.push_back({std::move(name), std::move(reason)});
  progress_.add(1);
}

const std::vector<Tally::Failure>& Tally::failures() {
  std::ranges::sort(failures_, {}, &Failure::name);
  return failures_;
}

void Tally::tell_failures() {
  constexpr std::size_t most = 10;
  for (std::size_t i = 0; i < std::min(most, failures().size()); ++i)
    fmt::print(stderr, "cmpkit: {}: {}\n", printable(failures_[i].name), printable(failures_[i].reason));
}

nlohmann::ordered_json Tally::json_of_failures(const char* name_field) {
  auto out = nlohmann::ordered_json::array();
  for (const Failure& failure : failures()) out.push_back({{name_field, failure.name}, {"reason", failure.reason}});
  return out;
}

}  // namespace cmpkit::tools
