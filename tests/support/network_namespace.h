// Networks of their own for programs that listen on every interface: whoever is outside cannot reach them, and every
// port is free. Each function is for ProcessOptions::prepare.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace cmpkit::test {

/// Moves this process into a new network that has a loopback interface only.
bool enter_own_network();

/// Moves this process into the network that another one has made so.
bool enter_network_of(pid_t process);

/// Why this machine does not permit that to us; nothing where it does.
const std::optional<std::string>& own_network_missing();

}  // namespace cmpkit::test
