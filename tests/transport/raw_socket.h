// The other side of a connection, octet by octet: what a hostile, broken or old HTTP peer does. POSIX only; every wait
// is bounded.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace cmpkit::test {

/// What came of one response.
struct RawResponse {
  int status = 0;  // 0: none came
  std::string head;
  std::string body;
  [[nodiscard]] bool has_line(std::string_view line) const;  // a field as it stands in the head
};

/// A connected TCP socket. Throws std::system_error where waiting takes longer than 20 s.
class RawSocket {
 public:
  static RawSocket connected_to(std::uint16_t port);  // 127.0.0.1
  static bool can_connect_to(std::uint16_t port);
  explicit RawSocket(int descriptor);
  RawSocket(RawSocket&& other) noexcept;
  RawSocket& operator=(RawSocket&&) = delete;
  ~RawSocket();

  bool send(std::string_view octets);  // false: the peer does not take more
  void end_sending();
  void reset();  // closes with RST, and loses what was not sent yet
  [[nodiscard]] bool readable_within_1_ms() const;

  /// Reads one response whose length is told; octets behind it stay for the next call.
  RawResponse receive_response();

  /// Reads a request with its content; empty where the client closes before.
  std::string receive_request();

  /// Reads to the end of the connection.
  std::string receive_rest();

  /// The last read met a reset instead of a clean end.
  [[nodiscard]] bool was_reset() const { return was_reset_; }

 private:
  bool read_more();
  bool read_message(std::string& head, std::string& body);

  int descriptor_;
  std::string pending_;
  bool was_reset_ = false;
};

/// A server that does to its n-th connection what the n-th script says, on a thread of its own, then closes it.
class ScriptedServer {
 public:
  using Script = std::function<void(RawSocket&)>;
  explicit ScriptedServer(std::vector<Script> scripts);
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ~ScriptedServer();  // ends the waiting for connections that never came

  [[nodiscard]] std::string url(std::string_view path = "/.well-known/cmp") const;

  /// Stops listening, waits for the running script and says how many connections there were.
  int finish();

 private:
  void serve(const std::vector<Script>& scripts);

  int descriptor_;
  std::uint16_t port_ = 0;
  int accepted_ = 0;
  std::thread thread_;
};

}  // namespace cmpkit::test
