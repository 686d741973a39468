// The roots that a CA had before, in its folder: rollover/1, rollover/2, ... as `cmpkit ca rollover` makes them.
#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "cmpkit/cmp/ca_information.h"

namespace cmpkit::tools {

/// The files of the n-th rollover, from 1.
struct RolloverFiles {
  RolloverFiles(const std::string& ca_folder, unsigned n);
  std::string folder;
  std::string old_root, old_root_key, old_ca;
  std::string new_with_old, old_with_new;
};

/// How many there were.
unsigned count_rollovers(const std::string& ca_folder);

/// All of them, the oldest first. The error is a sentence that names the file.
tl::expected<std::vector<cmp::RootUpdate>, std::string> load_root_updates(const std::string& ca_folder);

}  // namespace cmpkit::tools
