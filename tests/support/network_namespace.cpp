#include "tests/support/network_namespace.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "tests/support/process.h"

namespace cmpkit::test {
namespace {

bool bring_loopback_up() {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  std::strncpy(request.ifr_name, "lo", sizeof request.ifr_name - 1);
  request.ifr_flags = IFF_UP;
  const bool up = socket >= 0 && ::ioctl(socket, SIOCSIFFLAGS, &request) == 0;
  ::close(socket);
  return up;
}

bool join(pid_t process, const char* kind, int flag) {
  const std::string path = "/proc/" + std::to_string(process) + "/ns/" + kind;
  const int space = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool joined = space >= 0 && ::setns(space, flag) == 0;
  ::close(space);
  return joined;
}

}  // namespace

bool enter_own_network() {
  // Root may do so at once, others where users may have a namespace in which they are root.
  return (::unshare(CLONE_NEWNET) == 0 || ::unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0) && bring_loopback_up();
}

bool enter_network_of(pid_t process) {
  if (join(process, "net", CLONE_NEWNET)) return true;
  return join(process, "user", CLONE_NEWUSER) && join(process, "net", CLONE_NEWNET);
}

const std::optional<std::string>& own_network_missing() {
  static const std::optional<std::string> reason = []() -> std::optional<std::string> {
    ProcessOptions options;
    options.prepare = enter_own_network;
    if (run({"true"}, options).status == 0) return std::nullopt;
    return "no network namespace is permitted here, and openssl's mock server listens on every interface";
  }();
  return reason;
}

}  // namespace cmpkit::test
