// A port of 127.0.0.1 that the system chose and that nobody else gets, for servers that are killed and come back.
#pragma once

#include <cstdint>

namespace cmpkit::test {

class ReservedPort {
 public:
  /// Throws std::system_error where there is none.
  ReservedPort();
  ReservedPort(const ReservedPort&) = delete;
  ReservedPort& operator=(const ReservedPort&) = delete;
  ~ReservedPort();

  [[nodiscard]] std::uint16_t number() const { return number_; }

 private:
  int socket_ = -1;  // bound to it, but not listening: a server with SO_REUSEADDR can be as well, a client cannot
  std::uint16_t number_ = 0;
};

}  // namespace cmpkit::test
