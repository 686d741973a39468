#include "tools/message_files.h"

#include <algorithm>

#include "tools/files.h"

namespace cmpkit::tools {

MessageFiles::MessageFiles(std::string_view list) {
  while (!list.empty()) {
    const auto end = std::min(list.find_first_of(", \t\n"), list.size());
    if (end != 0) names_.emplace_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

tl::expected<void, std::string> MessageFiles::save(Bytes message) {
  if (next_ == names_.size()) return {};
  return write_file(names_[next_++], message);
}

}  // namespace cmpkit::tools
