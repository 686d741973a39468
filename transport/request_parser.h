// Reads one HTTP/1.1 request (RFC 9112) from octets as they arrive, without a socket, and says with which status a
// request is refused that is not HTTP or breaks a limit. Beast's parser does the reading.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "cmpkit/octets.h"
#include "cmpkit/transport/handler.h"

namespace cmpkit::transport {

struct RequestLimits {
  std::size_t header;  ///< octets of the request line and all fields together
  std::size_t body;    ///< octets of content, with chunks put together
};

class RequestParser {
 public:
  enum class State {
    head,      ///< the fields have not ended yet
    body,      ///< the content has not ended yet
    complete,  ///< request() may be called
    refused,   ///< refusal() may be called; what follows cannot be told from garbage, so the connection must close
  };

  explicit RequestParser(const RequestLimits& limits);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  /// Takes octets from the front of the view and returns how many. Those not taken are to be given again with more
  /// behind them, or belong to the next request. Takes none when complete or refused.
  std::size_t feed(Bytes octets);

  [[nodiscard]] State state() const;

  /// The status to answer with: 400, 411, 413, 417, 431, 501 or 505.
  [[nodiscard]] int refusal() const;

  /// In state body: true where the client waits for 100 (Continue) before it sends the content (RFC 9110
  /// Section 10.1.1).
  [[nodiscard]] bool wants_continue() const;

  /// Complete: true where the connection may serve another request (RFC 9112 Section 9.3).
  [[nodiscard]] bool keep_alive() const;

  /// Complete: the request. Its views live as long as this parser and `peer`.
  [[nodiscard]] Request request(std::string_view peer) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cmpkit::transport
