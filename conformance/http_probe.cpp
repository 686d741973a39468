#include "conformance/http_probe.h"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <memory>

namespace cmpkit::conformance {
namespace {

using transport::TransportError;
using Kind = TransportError::Kind;

tl::unexpected<TransportError> failed(Kind kind, std::string text) {
  return tl::unexpected(TransportError{kind, std::move(text), 0});
}

/// A TCP connection, closed when it goes.
class Connection {
 public:
  explicit Connection(const transport::HttpUrl& url) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(url.host.c_str(), std::to_string(url.port).c_str(), &hints, &found) != 0) return;
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> addresses(found, ::freeaddrinfo);
    for (const addrinfo* each = found; each != nullptr && !connected_; each = each->ai_next) open(*each);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { close(); }

  [[nodiscard]] bool is_open() const { return connected_; }

  /// As much of it as the server takes: it may answer before it has read all.
  void write(Bytes octets) const {
    while (!octets.empty()) {
      const ssize_t count = ::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL);
      if (count <= 0) return;
      octets = octets.subspan(static_cast<std::size_t>(count));
    }
  }

  /// All that comes until the server closes the connection or the time is over.
  [[nodiscard]] std::string read_all() const {
    std::string out;
    std::array<char, 4096> buffer{};
    for (;;) {
      const ssize_t count = ::recv(socket_, buffer.data(), buffer.size(), 0);
      if (count <= 0) return out;
      out.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }

 private:
  void open(const addrinfo& address) {
    close();
    socket_ = ::socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC, address.ai_protocol);
    const timeval limit{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    connected_ = ::connect(socket_, address.ai_addr, address.ai_addrlen) == 0;
  }
  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

  int socket_ = -1;
  bool connected_ = false;
};

/// Status and content of an HTTP/1.1 response that ends with the connection.
tl::expected<transport::HttpReply, TransportError> read_response(const std::string& text) {
  transport::HttpReply reply;
  const auto head = text.find("\r\n\r\n");
  if (!text.starts_with("HTTP/1.") || head == std::string::npos || text.size() < 12)
    return failed(text.empty() ? Kind::closed : Kind::protocol, "what came back is no HTTP response");
  std::from_chars(text.data() + 9, text.data() + 12, reply.status);
  reply.body = copy_of(bytes_of(std::string_view(text).substr(head + 4)));
  const bool maybe_cmp = !reply.body.empty() && reply.body.front() == 0x30;  // W-02: with 4xx and 5xx as well
  if (reply.status >= 300 && !maybe_cmp)
    return tl::unexpected(TransportError{Kind::status, fmt::format("HTTP status {}", reply.status), reply.status});
  return reply;
}

}  // namespace

tl::expected<transport::HttpReply, TransportError> probe(const transport::HttpUrl& url, const Form& form,
                                                         Bytes message) {
  const Connection connection(url);
  if (!connection.is_open()) return failed(Kind::connect, "no connection to " + url.text());
  const std::string path = !form.path.empty() ? std::string(form.path) : url.path.empty() ? "/" : url.path;
  const std::string head =
      fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                  form.method, path, url.authority(), form.content_type, message.size());
  connection.write(bytes_of(head));
  connection.write(message);
  return read_response(connection.read_all());
}

}  // namespace cmpkit::conformance
