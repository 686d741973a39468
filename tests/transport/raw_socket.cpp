#include "tests/transport/raw_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <system_error>
#include <utility>

namespace cmpkit::test {
namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int open_socket() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) fail("socket");
  return descriptor;
}

bool connect(int descriptor, std::uint16_t port) {
  const auto address = loopback(port);
  return ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

int number_in(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::size_t content_length(std::string_view head) {
  constexpr std::string_view name = "\r\nContent-Length: ";
  const auto at = head.find(name);
  return at == std::string_view::npos ? 0 : static_cast<std::size_t>(number_in(head.substr(at + name.size())));
}

}  // namespace

bool RawResponse::has_line(std::string_view line) const {
  return head.find("\r\n" + std::string(line) + "\r\n") != std::string::npos;
}

RawSocket RawSocket::connected_to(std::uint16_t port) {
  RawSocket raw(open_socket());
  if (!connect(raw.descriptor_, port)) fail("connect");
  return raw;
}

bool RawSocket::can_connect_to(std::uint16_t port) {
  const RawSocket raw(open_socket());
  return connect(raw.descriptor_, port);
}

RawSocket::RawSocket(int descriptor) : descriptor_(descriptor) {
  const timeval bound{20, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof(bound));
  ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof(bound));
  const int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

RawSocket::RawSocket(RawSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      pending_(std::move(other.pending_)),
      was_reset_(other.was_reset_) {}

RawSocket::~RawSocket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool RawSocket::send(std::string_view octets) {
  while (!octets.empty()) {
    const auto count = ::send(descriptor_, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (count < 0 && (errno == EPIPE || errno == ECONNRESET)) return false;
    if (count < 0) fail("send");
    octets.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void RawSocket::end_sending() { ::shutdown(descriptor_, SHUT_WR); }

void RawSocket::reset() {
  const linger hard{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
  ::close(std::exchange(descriptor_, -1));
}

bool RawSocket::readable_within_1_ms() const {
  pollfd entry{descriptor_, POLLIN, 0};
  return ::poll(&entry, 1, 1) > 0;
}

bool RawSocket::read_more() {
  std::array<char, 65536> octets{};
  const auto count = ::recv(descriptor_, octets.data(), octets.size(), 0);
  if (count < 0 && errno != ECONNRESET) fail("recv");
  was_reset_ = count < 0;
  if (count > 0) pending_.append(octets.data(), static_cast<std::size_t>(count));
  return count > 0;
}

bool RawSocket::read_message(std::string& head, std::string& body) {
  std::size_t end = 0;
  while ((end = pending_.find("\r\n\r\n")) == std::string::npos)
    if (!read_more()) return false;
  end += 4;
  head = pending_.substr(0, end);
  const auto length = content_length(head);
  while (pending_.size() < end + length)
    if (!read_more()) return false;
  body = pending_.substr(end, length);
  pending_.erase(0, end + length);
  return true;
}

RawResponse RawSocket::receive_response() {
  RawResponse response;
  if (!read_message(response.head, response.body)) return {};
  constexpr std::string_view version = "HTTP/1.1 ";
  if (response.head.starts_with(version))
    response.status = number_in(std::string_view(response.head).substr(version.size()));
  return response;
}

std::string RawSocket::receive_request() {
  std::string head;
  std::string body;
  return read_message(head, body) ? head + body : std::string();
}

std::string RawSocket::receive_rest() {
  while (read_more()) {
  }
  return std::exchange(pending_, {});
}

ScriptedServer::ScriptedServer(std::vector<Script> scripts) : descriptor_(open_socket()) {
  auto address = loopback(0);
  socklen_t size = sizeof(address);
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  if (::bind(descriptor_, plain, size) != 0 || ::listen(descriptor_, 16) != 0) fail("listen");
  if (::getsockname(descriptor_, plain, &size) != 0) fail("getsockname");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this, scripts = std::move(scripts)] { serve(scripts); });
}

void ScriptedServer::serve(const std::vector<Script>& scripts) {
  for (const auto& script : scripts) {
    const int accepted = ::accept(descriptor_, nullptr, nullptr);
    if (accepted < 0) return;
    ++accepted_;
    RawSocket connection(accepted);
    script(connection);
  }
}

std::string ScriptedServer::url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
}

int ScriptedServer::finish() {
  ::shutdown(descriptor_, SHUT_RDWR);  // wakes accept()
  if (thread_.joinable()) thread_.join();
  return accepted_;
}

ScriptedServer::~ScriptedServer() {
  finish();
  ::close(descriptor_);
}

}  // namespace cmpkit::test
