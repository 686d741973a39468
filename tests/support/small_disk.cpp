#include "tests/support/small_disk.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace cmpkit::test {
namespace {

constexpr const char* ballast = "ballast";

/// Mounts of our own: root may have them at once, others where users may have a namespace in which they are root.
bool enter_own_mounts() {
  if (::unshare(CLONE_NEWNS) == 0) return true;
  const auto user = std::to_string(::getuid()), group = std::to_string(::getgid());
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
  std::ofstream("/proc/self/setgroups") << "deny";
  std::ofstream("/proc/self/uid_map") << "0 " << user << " 1";
  std::ofstream("/proc/self/gid_map") << "0 " << group << " 1";
  return true;
}

}  // namespace

SmallDisk::SmallDisk(std::size_t octets) {
  const std::string size = "size=" + std::to_string(octets);
  if (!enter_own_mounts() || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, size.c_str()) != 0)
    missing_ = std::string("no file system can be mounted here: ") + std::strerror(errno);
}

SmallDisk::~SmallDisk() {
  if (!missing_) ::umount2(folder_.path().c_str(), MNT_DETACH);
}

bool SmallDisk::fill(std::size_t free) const {
  struct statvfs state{};
  if (::statvfs(folder_.path().c_str(), &state) != 0) return false;
  const std::size_t left = state.f_bavail * state.f_frsize;
  const int file = ::open(path(ballast).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const bool filled = file >= 0 && left > free && ::posix_fallocate(file, 0, static_cast<off_t>(left - free)) == 0;
  ::close(file);
  return filled;
}

void SmallDisk::make_room() const { ::unlink(path(ballast).c_str()); }

bool SmallDisk::set_read_only(bool read_only) const {
  const unsigned long flags = read_only ? MS_REMOUNT | MS_RDONLY : MS_REMOUNT;
  return ::mount("tmpfs", folder_.path().c_str(), "tmpfs", flags, nullptr) == 0;
}

}  // namespace cmpkit::test
