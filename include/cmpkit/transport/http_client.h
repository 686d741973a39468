// An HTTP/1.1 client for CMP: one POST, one answer (RFC 9811 Section 3).
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "cmpkit/octets.h"
#include "cmpkit/transport/channel.h"
#include "cmpkit/transport/error.h"

namespace cmpkit::transport {

struct ClientOptions {
  std::chrono::milliseconds connect_timeout{10'000};  ///< finding the address and connecting
  std::chrono::milliseconds total_timeout{60'000};    ///< one call, connecting included
  std::size_t max_response = 1024 * 1024;             ///< octets of content accepted
};

struct HttpReply {
  int status = 0;
  std::string content_type;  ///< the field's value; empty: none
  Octets body;               ///< a PKIMessage, or nothing
};

/// Keeps one connection to one server. One call at a time; calls block.
class HttpClient final : public Channel {
 public:
  /// `http://host[:port][/path]`; without a path `/.well-known/cmp` is meant. Connects on the first call.
  /// Error: `url`.
  static tl::expected<HttpClient, TransportError> create(std::string_view url, const ClientOptions& options = {});

  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;

  /// Closes the connection. May wait for a name look-up that has timed out before.
  ~HttpClient() override;

  /// POSTs a PKIMessage to the path of the URL and returns the answer: any 2xx, 4xx or 5xx that holds a PKIMessage, and
  /// a 2xx without content (RFC 9811 Section 3.5). All else is an error, see TransportError::Kind.
  ///
  /// A request is sent a second time in one case: on a connection kept from an earlier call that turns out to be
  /// closed before anything of the answer was read. HTTP leaves that to a client which knows the repetition to be
  /// harmless (RFC 9110 Section 9.2.2); a CMP message is: no answer means not delivered (RFC 9811 Section 3.3), and the
  /// same transactionID and senderNonce let the server tell a repeated message from a new one.
  tl::expected<HttpReply, TransportError> post(Bytes message);

  /// The same to another path of the same server; see build_path(). Error `url` where it is not a path.
  tl::expected<HttpReply, TransportError> post(std::string_view path, Bytes message);

  /// post() for those who want a PKIMessage: further error `empty`.
  tl::expected<Octets, TransportError> exchange(Bytes request) override;

 private:
  class Impl;
  explicit HttpClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cmpkit::transport
