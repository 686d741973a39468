// The address that a server listens on, as people write it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cmpkit::tools {

struct ListenAddress {
  std::string host;  // an address, IPv6 without its brackets
  std::uint16_t port = 0;
};

/// `127.0.0.1:8080`, `[::1]:0`; nothing for a text of another form. Whether the host is an address is not looked at.
std::optional<ListenAddress> parse_listen_address(std::string_view text);

}  // namespace cmpkit::tools
