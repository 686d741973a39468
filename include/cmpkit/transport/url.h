// The URL of a CMP server, taken apart (RFC 3986; RFC 9811 Section 3.4).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "cmpkit/transport/error.h"

namespace cmpkit::transport {

/// `http://host[:port][/path]`.
struct HttpUrl {
  std::string host;         ///< name, IPv4 address, or IPv6 address without its brackets
  std::uint16_t port = 80;  ///< 1 to 65535
  std::string path;         ///< as written, with any query; empty where the URL has none

  /// `host:port` for the Host field, an IPv6 address in brackets, the port left out where it is 80.
  [[nodiscard]] std::string authority() const;

  /// The URL as text.
  [[nodiscard]] std::string text() const;
};

/// Takes a URL apart. The error (kind `url`) says what is wrong: no scheme, https, user names, a bad host, port or
/// path, a fragment.
tl::expected<HttpUrl, TransportError> parse_url(std::string_view url);

}  // namespace cmpkit::transport
