// --reqout and --rspout: the messages of an operation, each in its file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "cmpkit/octets.h"

namespace cmpkit::tools {

class MessageFiles {
 public:
  /// File names separated by commas or blanks, as `openssl cmp` takes them.
  explicit MessageFiles(std::string_view list);

  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

  /// Saves a message to the next file; those beyond the last file are not saved. The error names the file.
  tl::expected<void, std::string> save(Bytes message);

 private:
  std::vector<std::string> names_;
  std::size_t next_ = 0;
};

}  // namespace cmpkit::tools
