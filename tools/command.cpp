#include "tools/command.h"

#include <fmt/core.h>
#include <cstdio>

namespace cmpkit::tools {
namespace {

void complain(std::string_view what, std::string_view next_step) {
  fmt::print(stderr, "cmpkit: {}\n", what);
  if (!next_step.empty()) fmt::print(stderr, "  next: {}\n", next_step);
}

}  // namespace

int fail(std::string_view what, std::string_view next_step) {
  complain(what, next_step);
  return exit_failed;
}

int misused(std::string_view what, std::string_view next_step) {
  complain(what, next_step);
  return exit_usage;
}

}  // namespace cmpkit::tools
