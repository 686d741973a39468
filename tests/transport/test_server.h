// Servers and requests that the server's tests share.
#pragma once

#include <string>
#include <string_view>

#include <catch2/catch_test_macros.hpp>

#include "cmpkit/transport/http_server.h"
#include "tests/transport/raw_socket.h"

namespace cmpkit::test {

inline transport::Reply echo(const transport::Request& request) {
  return {200, std::string(request.content_type), copy_of(request.body), {}};
}

/// A server on a port of its own. The test fails where it cannot listen.
inline transport::HttpServer started(transport::Handler handler, const transport::ServerOptions& options = {}) {
  auto server = transport::HttpServer::start(options, std::move(handler));
  REQUIRE(server);
  return *std::move(server);
}

inline std::string post_of(std::string_view body, std::string_view fields = {}) {
  std::string text("POST /.well-known/cmp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/pkixcmp\r\n");
  text.append(fields).append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
  return text;
}

/// True where a new connection gets its answer.
inline bool still_serves(const transport::HttpServer& server) {
  auto client = RawSocket::connected_to(server.port());
  client.send(post_of("still there?"));
  return client.receive_response().body == "still there?";
}

}  // namespace cmpkit::test
