// An HTTP/1.1 server (RFC 9112) for short messages: whole requests in, whole replies out. It knows nothing of CMP.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <tl/expected.hpp>

#include "cmpkit/transport/error.h"
#include "cmpkit/transport/handler.h"

namespace cmpkit::transport {

struct ServerOptions {
  std::string address = "127.0.0.1";   ///< IPv4 or IPv6 address to listen on, not a name
  std::uint16_t port = 0;              ///< 0: the system chooses one
  unsigned io_threads = 2;             ///< threads that move octets; at least 1
  unsigned workers = 0;                ///< threads that run the handler; 0: one per core, and 8 at the least
  std::size_t max_connections = 1000;  ///< further ones are answered 503 and closed
  std::size_t max_header = 8 * 1024;   ///< octets of request line and fields; more: 431
  std::size_t max_body = 1024 * 1024;  ///< octets of content; more: 413 (W-12)
  std::chrono::milliseconds idle_timeout{30'000};     ///< a connection without a request is closed then (W-09)
  std::chrono::milliseconds request_timeout{20'000};  ///< first to last octet of a request (408), and of a reply
  std::chrono::milliseconds grace{5'000};             ///< what stop() leaves to running requests
};

/// A listening server with its threads. Requests of one connection are answered one after the other, in order.
class HttpServer {
 public:
  /// Listens and serves until stop(). Error: `listen` (the address is not one, is in use, is not permitted).
  static tl::expected<HttpServer, TransportError> start(const ServerOptions& options, Handler handler);

  HttpServer(HttpServer&&) noexcept;
  HttpServer& operator=(HttpServer&&) noexcept;
  ~HttpServer();  ///< stop()

  /// The port listened on.
  [[nodiscard]] std::uint16_t port() const;

  /// "http://127.0.0.1:8080", without a path.
  [[nodiscard]] std::string url() const;

  /// Takes no more connections, closes those without a request, answers the running requests and closes their
  /// connections too; after the grace time it closes all that are left. Returns when every thread has ended, so a
  /// handler that does not return keeps it waiting. Not to be called from a handler. A second call does nothing.
  void stop();

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cmpkit::transport
