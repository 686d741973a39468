// A disk of a few megabytes that only this process sees, so that a test can fill it and forbid writing.
#pragma once

#include <optional>
#include <string>

#include "tests/support/scratch_directory.h"

namespace cmpkit::test {

class SmallDisk {
 public:
  /// Not to be made while other threads run.
  explicit SmallDisk(std::size_t octets);
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk();

  /// Why this machine does not permit that to us; nothing: it does.
  [[nodiscard]] const std::optional<std::string>& missing() const { return missing_; }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_.path() + "/" + name; }

  /// Leaves only so many octets free, and takes that back.
  bool fill(std::size_t free) const;
  void make_room() const;
  bool set_read_only(bool read_only) const;

 private:
  ScratchDirectory folder_;
  std::optional<std::string> missing_;
};

}  // namespace cmpkit::test
