// Reads one HTTP/1.1 response (RFC 9112) from octets as they arrive, without a socket. Beast's parser does the reading.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "cmpkit/octets.h"

namespace cmpkit::transport {

class ResponseParser {
 public:
  enum class State {
    reading,    ///< more octets are wanted
    complete,   ///< the members below that describe the response may be called
    ended,      ///< the connection ended before the response did
    too_large,  ///< the content has more octets than allowed
    not_http,   ///< see reason()
  };

  /// Takes content of at most so many octets.
  explicit ResponseParser(std::size_t max_body);
  ~ResponseParser();
  ResponseParser(const ResponseParser&) = delete;
  ResponseParser& operator=(const ResponseParser&) = delete;

  /// Takes octets from the front of the view and returns how many. Those not taken are to be given again with more
  /// behind them, or do not belong to the response. Interim responses are passed over (RFC 9110 Section 15.2).
  std::size_t feed(Bytes octets);

  /// The connection has ended: the response may be complete thereby (RFC 9112 Section 6.3), or is not.
  void end();

  [[nodiscard]] State state() const;

  /// True when an octet of a response has come, be it an interim one.
  [[nodiscard]] bool begun() const;

  /// Where not_http: what is wrong.
  [[nodiscard]] std::string reason() const;

  // Of a complete response; the views live as long as this parser.
  [[nodiscard]] int status() const;
  [[nodiscard]] std::string_view content_type() const;
  [[nodiscard]] std::string_view location() const;
  [[nodiscard]] bool keep_alive() const;  ///< the connection may be used again (RFC 9112 Section 9.3)
  [[nodiscard]] Octets take_body();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cmpkit::transport
