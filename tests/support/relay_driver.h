// What a server does around a Relay: brings what it forwards to upstream, and the answers back.
#pragma once

#include <functional>
#include <string>

#include "cmpkit/cmp/relay.h"

namespace cmpkit::cmp::test {

/// Why no answer came.
struct Silence {
  Silence(std::string text, NoAnswer why = NoAnswer::unavailable) : cause(std::move(text)), kind(why) {}

  std::string cause;
  NoAnswer kind;
};

class RelayDriver {
 public:
  /// Brings one message upstream. Called from several threads at once.
  using Exchange = std::function<tl::expected<Octets, Silence>(const Forward& forward)>;

  /// The relay must outlive the driver.
  RelayDriver(Relay& relay, Exchange exchange) : relay_(relay), exchange_(std::move(exchange)) {}

  /// The answer to a message from downstream.
  [[nodiscard]] Reply answer(Bytes message, std::string_view profile = {});

  /// Brings what waits for a batch upstream. How many messages that were.
  std::size_t deliver_batches();

  /// ... what another process forwarded and nobody answered yet.
  std::size_t deliver_what_is_under_way();

 private:
  std::optional<Reply> follow(Relayed relayed);
  std::optional<Reply> deliver(const Forward& forward);
  std::size_t deliver_all(const std::vector<Forward>& forwards);

  Relay& relay_;
  Exchange exchange_;
};

}  // namespace cmpkit::cmp::test
